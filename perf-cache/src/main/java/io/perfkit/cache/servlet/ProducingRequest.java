package io.perfkit.cache.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpUpgradeHandler;
import java.io.IOException;
import java.security.Principal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the application gets to see of a request whose response may be given to others: the key, and nothing that is not
 * in it. A header that cannot be seen cannot change what is stored, whatever its name is and whichever framework reads
 * it; there is no list of dangerous ones to keep up to date.
 *
 * <p>Who the client is, is hidden as well: its address (which a proxy's header may have set), its session, its user. The
 * application that begins a session or logs somebody in makes the response that client's own.
 */
final class ProducingRequest extends HttpServletRequestWrapper {

    private static final String NOBODY = "0.0.0.0";

    private final Map<String, List<String>> visible;
    private final @Nullable CapturingResponse capture;
    private final RequestOrigin origin;

    /**
     * @param visible the headers that are part of the key, in a map that finds names in any case
     * @param capture told where the response becomes one client's own; null where it is not kept anyway
     */
    ProducingRequest(
            HttpServletRequest request, Map<String, List<String>> visible, @Nullable CapturingResponse capture) {
        super(request);
        this.visible = visible;
        this.capture = capture;
        this.origin = RequestOrigin.of(request);
    }

    private void isForOneClient() {
        if (capture != null) {
            capture.body().refuse();
        }
    }

    @Override
    public @Nullable String getHeader(String name) {
        List<String> values = visible.get(name);
        return values == null || values.isEmpty() ? null : values.get(0);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
        return Collections.enumeration(visible.getOrDefault(name, List.of()));
    }

    @Override
    public Enumeration<String> getHeaderNames() {
        return Collections.enumeration(visible.keySet());
    }

    @Override
    public long getDateHeader(String name) {
        return visible.containsKey(name) ? super.getDateHeader(name) : -1;
    }

    @Override
    public int getIntHeader(String name) {
        String value = getHeader(name);
        return value == null ? -1 : Integer.parseInt(value);
    }

    @Override
    public Locale getLocale() {
        return locales().get(0);
    }

    @Override
    public Enumeration<Locale> getLocales() {
        return Collections.enumeration(locales());
    }

    private List<Locale> locales() {
        List<Locale> locales = new ArrayList<>();
        try {
            for (Locale.LanguageRange range :
                    Locale.LanguageRange.parse(String.join(",", visible.getOrDefault("Accept-Language", List.of())))) {
                if (range.getWeight() > 0 && !range.getRange().startsWith("*")) {
                    locales.add(Locale.forLanguageTag(range.getRange()));
                }
            }
        } catch (IllegalArgumentException e) {
            // Not a list of languages: as good as none.
        }
        if (locales.isEmpty()) {
            locales.add(Locale.getDefault());
        }
        return locales;
    }

    @Override
    public String getServerName() {
        return origin.host();
    }

    @Override
    public StringBuffer getRequestURL() {
        return new StringBuffer(origin.toString()).append(getRequestURI());
    }

    @Override
    public boolean isSecure() {
        return "https".equalsIgnoreCase(getScheme());
    }

    @Override
    public Cookie @Nullable [] getCookies() {
        return null;
    }

    @Override
    public String getRemoteAddr() {
        return NOBODY;
    }

    @Override
    public String getRemoteHost() {
        return NOBODY;
    }

    @Override
    public int getRemotePort() {
        return 0;
    }

    @Override
    public @Nullable String getAuthType() {
        return null;
    }

    @Override
    public @Nullable String getRemoteUser() {
        return null;
    }

    @Override
    public @Nullable Principal getUserPrincipal() {
        return null;
    }

    @Override
    public boolean isUserInRole(String role) {
        return false;
    }

    @Override
    public boolean authenticate(HttpServletResponse response) throws IOException, ServletException {
        isForOneClient();
        return super.authenticate(response);
    }

    @Override
    public void login(String username, String password) throws ServletException {
        isForOneClient();
        super.login(username, password);
    }

    @Override
    public void logout() throws ServletException {
        isForOneClient();
        super.logout();
    }

    @Override
    public @Nullable String getRequestedSessionId() {
        return null;
    }

    @Override
    public boolean isRequestedSessionIdValid() {
        return false;
    }

    @Override
    public boolean isRequestedSessionIdFromCookie() {
        return false;
    }

    @Override
    public boolean isRequestedSessionIdFromURL() {
        return false;
    }

    @Override
    public @Nullable HttpSession getSession(boolean create) {
        return create ? getSession() : null;
    }

    @Override
    public HttpSession getSession() {
        isForOneClient();
        return super.getSession();
    }

    @Override
    public String changeSessionId() {
        isForOneClient();
        return super.changeSessionId();
    }

    @Override
    public <T extends HttpUpgradeHandler> T upgrade(Class<T> handlerClass) throws IOException, ServletException {
        isForOneClient();
        return super.upgrade(handlerClass);
    }

    @Override
    public Map<String, String> getTrailerFields() {
        return Map.of();
    }

    @Override
    public AsyncContext startAsync() {
        CapturingResponse present = capture;
        return present == null ? super.startAsync() : startAsync(this, present);
    }

    @Override
    public AsyncContext startAsync(ServletRequest servletRequest, ServletResponse servletResponse) {
        CapturingResponse present = capture;
        if (present != null) {
            present.beforeAsync(servletResponse);
        }
        AsyncContext context = super.startAsync(servletRequest, servletResponse);
        if (present != null) {
            present.duringAsync(context);
        }
        return context;
    }
}
