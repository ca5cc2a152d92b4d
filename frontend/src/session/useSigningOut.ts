/** The former name of `useSignOut`, for AppFooter.vue. */
export { useSignOut as useSigningOut } from './useSignOut'
