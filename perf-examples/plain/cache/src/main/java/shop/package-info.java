/** The application of docs/first-steps.md, as a new user writes it. */
@NullMarked
package shop;

import org.jspecify.annotations.NullMarked;
