/** A clinic for pets: its owners, their pets, and the visits. */
package io.perfkit.examples.clinic;
