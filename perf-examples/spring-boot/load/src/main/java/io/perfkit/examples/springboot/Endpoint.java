package io.perfkit.examples.springboot;

import io.perfkit.monitoring.load.LoadRequest;
import java.util.function.LongFunction;

/**
 * One endpoint of the clinic, with the requests that users send to it.
 *
 * @param name its name in the table
 * @param factor how many times as many answers the side after has to give under the largest load
 * @param before the nth request to the side before
 * @param after the nth request to the side after
 */
record Endpoint(String name, double factor, LongFunction<LoadRequest> before, LongFunction<LoadRequest> after) {

    static Endpoint same(String name, double factor, LongFunction<LoadRequest> request) {
        return new Endpoint(name, factor, request, request);
    }

    LongFunction<LoadRequest> requests(Side side) {
        return side == Side.BEFORE ? before : after;
    }
}
