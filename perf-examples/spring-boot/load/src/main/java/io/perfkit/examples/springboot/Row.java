package io.perfkit.examples.springboot;

/**
 * One endpoint under one load.
 *
 * @param endpoint the endpoint
 * @param users how many at once
 * @param promised how many times as many answers the side after has to give
 * @param before the side before
 * @param after the side after
 */
record Row(String endpoint, int users, double promised, Figures before, Figures after) {

    double factor() {
        return after.answersPerSecond() / before.answersPerSecond();
    }

    /** NaN, where neither side answered, keeps no promise. */
    boolean met() {
        return factor() >= promised && after.errors() == 0;
    }
}
