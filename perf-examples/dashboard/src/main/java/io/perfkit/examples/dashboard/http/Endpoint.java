package io.perfkit.examples.dashboard.http;

/** Answers a GET request with an object that becomes JSON, or with a {@link Page}. */
@FunctionalInterface
public interface Endpoint {

    Object answer(Query query) throws Exception;

    /** A body that is not JSON. */
    record Page(String contentType, String body) {}
}
