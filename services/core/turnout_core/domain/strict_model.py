"""The base class of all models of what clients send."""

from pydantic import BaseModel, ConfigDict


class StrictModel(BaseModel):
    """Immutable, without unknown fields, NaN and infinity."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
