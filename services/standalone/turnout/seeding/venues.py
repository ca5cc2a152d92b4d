"""Venues: many in the home city, some in other cities."""

from typing import Final

HOME_ZONE: Final = "Europe/Vienna"

VENUES_AT_HOME: Final[dict[str, tuple[str, ...]]] = {
    "café": ("Café Zwischenstopp, Vienna", "Kaffeehaus am Eck, Vienna", "The Green Room, Leopoldstadt"),
    "club": ("Kellerbühne Sieben, Vienna", "Gleis 9, Vienna", "Tonhalle Nord, Vienna"),
    "hall": ("Stadtsaal Ottakring, Vienna", "Werkhalle am Kanal, Vienna", "Old Tram Depot, Vienna"),
    "kitchen": ("Community kitchen, Grätzl 15", "Schauküche am Markt, Vienna"),
    "library": ("District library, reading room 2", "Bookshop Seitenweise, Vienna"),
    "outdoors": ("Tram stop at the end of line 43", "Kahlenberg, by the church", "Lobau, boat house car park"),
    "park": ("Augarten, by the old chestnut", "Prater, main avenue gate", "Donauinsel, north meadow"),
    "sports": ("Sports hall Margareten", "Boulder bar Überhang, Vienna", "Courts at the Wienerberg"),
    "studio": ("Atelier Linz-Gasse, 2nd floor", "Studio Kirsche, backyard", "Makerspace Floridsdorf"),
}

VENUES_ELSEWHERE: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("Europe/London", ("Canal Street Hall, London", "The Old Print Works, London")),
    ("Europe/Berlin", ("Hinterhof 36, Berlin", "Kiezladen Nord, Berlin")),
    ("America/New_York", ("Bergen Street Commons, Brooklyn", "Pier 9 Workshop, New York")),
    ("America/Sao_Paulo", ("Casa do Pátio, São Paulo",)),
    ("Africa/Nairobi", ("Jacaranda House, Nairobi",)),
    ("Asia/Kolkata", ("Banyan Tree Centre, Bengaluru",)),
    ("Asia/Tokyo", ("Kissa Hibari, Tokyo", "Machi Lab, Tokyo")),
    ("Australia/Sydney", ("Ferry Wharf Rooms, Sydney",)),
)
PORTABLE_VENUE_TYPES: Final = frozenset({"café", "hall", "library", "studio"})  # also possible in another city

ONLINE: Final = "online"
