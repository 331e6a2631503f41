package io.perfkit.cache.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.function.Predicate;

/**
 * Which requests may have anything to do with the cache: those that anybody could have sent, for a whole resource, with
 * nothing in them but a name for it.
 */
final class RequestRules {

    /** A condition on the application's own state, a part of a resource, a body, or the end of HTTP. */
    private static final List<String> OTHER_BUSINESS = List.of(
            "Range",
            "If-Match",
            "If-Unmodified-Since",
            "Upgrade",
            "Transfer-Encoding",
            "Content-Type",
            "Content-Encoding",
            "Expect");

    private static final String CERTIFICATE = "jakarta.servlet.request.X509Certificate";

    private final Predicate<HttpServletRequest> when;
    private final boolean despiteCookies;
    private final boolean despiteAuthorization;

    RequestRules(Predicate<HttpServletRequest> when, boolean despiteCookies, boolean despiteAuthorization) {
        this.when = when;
        this.despiteCookies = despiteCookies;
        this.despiteAuthorization = despiteAuthorization;
    }

    boolean allow(HttpServletRequest request) {
        String method = request.getMethod();
        return ("GET".equals(method) || "HEAD".equals(method))
                && OTHER_BUSINESS.stream().noneMatch(name -> request.getHeader(name) != null)
                && request.getContentLengthLong() <= 0
                && (despiteCookies || request.getHeader("Cookie") == null)
                && !request.isRequestedSessionIdFromURL()
                && (despiteAuthorization || isAnonymous(request))
                && when.test(request);
    }

    private static boolean isAnonymous(HttpServletRequest request) {
        return request.getHeader("Authorization") == null
                && request.getHeader("Proxy-Authorization") == null
                && request.getRemoteUser() == null
                && request.getUserPrincipal() == null
                && request.getAttribute(CERTIFICATE) == null;
    }
}
