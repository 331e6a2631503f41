package io.perfkit.benchmarks.stub;

import jakarta.servlet.http.HttpServletResponse;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A response that keeps its headers and is not committed. */
abstract class StubResponse implements HttpServletResponse {

    private final Map<String, String> headers = new HashMap<>();

    @Override
    public int getStatus() {
        return SC_OK;
    }

    @Override
    public void setHeader(String name, String value) {
        headers.put(name, value);
    }

    @Override
    public @Nullable String getHeader(String name) {
        return headers.get(name);
    }

    @Override
    public @Nullable String getContentType() {
        return null;
    }

    @Override
    public boolean isCommitted() {
        return false;
    }
}
