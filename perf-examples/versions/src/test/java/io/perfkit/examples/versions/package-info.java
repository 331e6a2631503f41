/** Each artifact in short, over whatever versions of the libraries are on the class path. */
@org.jspecify.annotations.NullMarked
package io.perfkit.examples.versions;
