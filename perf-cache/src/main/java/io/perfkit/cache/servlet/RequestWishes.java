package io.perfkit.cache.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;

/**
 * What a client says about caches (RFC 9111, 5.2.1). {@code max-stale} is not looked at: nothing stale is ever
 * served.
 *
 * @param store false for {@code no-store}
 * @param reload whether nothing stored will do: {@code no-cache}, {@code max-age=0}, and {@code Pragma} where there is
 *     no {@code Cache-Control}
 * @param onlyStored whether nothing but what is stored will do
 * @param oldestSeconds the largest age that will do
 * @param freshForSeconds for how long it must still be fresh
 */
record RequestWishes(boolean store, boolean reload, boolean onlyStored, long oldestSeconds, long freshForSeconds) {

    static final RequestWishes NONE = new RequestWishes(true, false, false, Long.MAX_VALUE, 0);

    static RequestWishes of(HttpServletRequest request) {
        List<String> lines = RequestKeys.values(request, "Cache-Control");
        if (lines.isEmpty()) {
            boolean reload =
                    Directives.of(RequestKeys.values(request, "Pragma")).has("no-cache");
            return reload ? new RequestWishes(true, true, false, 0, 0) : NONE;
        }
        Directives directives = Directives.of(lines);
        long oldest = directives.has("max-age") ? directives.seconds("max-age") : Long.MAX_VALUE;
        return new RequestWishes(
                !directives.has("no-store"),
                directives.has("no-cache") || oldest == 0,
                directives.has("only-if-cached"),
                oldest,
                Math.max(0, directives.seconds("min-fresh")));
    }
}
