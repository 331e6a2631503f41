package io.perfkit.benchmarks.stub;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request for {@code GET /api/owners}, answered on the thread that brings it. */
abstract class StubRequest implements HttpServletRequest {

    private final Map<String, Object> attributes = new HashMap<>();

    @Override
    public String getMethod() {
        return "GET";
    }

    @Override
    public DispatcherType getDispatcherType() {
        return DispatcherType.REQUEST;
    }

    @Override
    public @Nullable HttpServletMapping getHttpServletMapping() {
        return null;
    }

    @Override
    public @Nullable Object getAttribute(String name) {
        return attributes.get(name);
    }

    @Override
    public void setAttribute(String name, Object value) {
        attributes.put(name, value);
    }

    @Override
    public void removeAttribute(String name) {
        attributes.remove(name);
    }

    @Override
    public boolean isAsyncStarted() {
        return false;
    }
}
