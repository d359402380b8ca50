/** Stands in for packages that are bundled along but never used. */
export default {};
