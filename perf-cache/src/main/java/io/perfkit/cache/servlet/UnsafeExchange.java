package io.perfkit.cache.servlet;

import io.perfkit.cache.CacheException;
import io.perfkit.cache.CacheRegion;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request that may change something, and its response.
 *
 * <p>A success invalidates twice. Once before the first byte of the response can leave, because its client may ask for
 * the resource as soon as it has the answer, while the application still runs. And once when the application has ended,
 * because the change may have taken effect only then: a response that was produced in between has the old state in it.
 * Where nothing has left before the end, the second does for both.
 *
 * <p>An exception that nothing has answered yet invalidates too: what the client will be told is the container's to
 * decide, and what was changed is not known.
 */
final class UnsafeExchange {

    private static final int FIRST_SUCCESS = 200;
    private static final int FIRST_ERROR = 400;

    private final CacheRegion<CachedResponse> region;
    private final RequestOrigin origin;
    private final @Nullable String path;

    private boolean begun;
    private boolean ended;

    UnsafeExchange(CacheRegion<CachedResponse> region, HttpServletRequest request) {
        this.region = region;
        this.origin = RequestOrigin.of(request);
        this.path = RequestPath.canonical(request.getRequestURI());
    }

    /** The response is about to leave. */
    void leaving(HttpServletResponse response, int status, @Nullable String redirect) {
        synchronized (this) {
            if (begun || ended || !isSuccess(status)) {
                return;
            }
            begun = true;
        }
        invalidate(response, redirect);
    }

    /** The application has ended. */
    void ended(HttpServletResponse response) {
        if (isSuccess(response.getStatus())) {
            end(response);
        }
    }

    /** The application has thrown. */
    void failed(HttpServletResponse response) {
        if (!response.isCommitted() || isSuccess(response.getStatus())) {
            end(response);
        }
    }

    private void end(HttpServletResponse response) {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
        }
        invalidate(response, null);
    }

    private static boolean isSuccess(int status) {
        return status >= FIRST_SUCCESS && status < FIRST_ERROR;
    }

    private void invalidate(HttpServletResponse response, @Nullable String redirect) {
        Set<String> paths = new LinkedHashSet<>();
        add(paths, path);
        add(paths, ofThisOrigin(redirect));
        add(paths, ofThisOrigin(response.getHeader("Location")));
        add(paths, ofThisOrigin(response.getHeader("Content-Location")));
        try {
            for (String invalid : paths) {
                // With any query; in the exact host, and in each variant of it.
                String everywhere = CacheRegion.escape(invalid) + "[? ]*://";
                String here = everywhere + CacheRegion.escape(origin.authority());
                region.invalidatePattern(here);
                region.invalidatePattern(here + " *");
            }
        } catch (CacheException | IllegalStateException e) {
            // A closed cache has nothing to invalidate, and the application's answer stands.
        }
    }

    private static void add(Set<String> paths, @Nullable String found) {
        if (found != null) {
            paths.add(found);
        }
    }

    /** The path that a header names; null for another origin's, which a response must not be able to empty. */
    private @Nullable String ofThisOrigin(@Nullable String reference) {
        if (reference == null || path == null) {
            return null;
        }
        try {
            URI target = new URI(origin + path).resolve(new URI(reference.trim()));
            boolean here = target.getHost() != null
                    && target.getRawUserInfo() == null
                    && RequestOrigin.of(target).equals(origin);
            return here ? RequestPath.canonical(target.getRawPath()) : null;
        } catch (URISyntaxException | IllegalArgumentException e) {
            return null;
        }
    }
}
