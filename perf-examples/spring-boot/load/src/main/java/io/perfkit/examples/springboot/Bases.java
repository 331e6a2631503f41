package io.perfkit.examples.springboot;

/**
 * Where the clinics answer.
 *
 * @param before the base of the URLs of the side before
 * @param after that of the side after
 */
record Bases(String before, String after) {

    String of(Side side) {
        return side == Side.BEFORE ? before : after;
    }
}
