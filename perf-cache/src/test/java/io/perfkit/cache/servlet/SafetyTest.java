package io.perfkit.cache.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Duration;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What one client can do to another: nothing. */
class SafetyTest {

    /** Writes down everything that the request shows, as an application that trusts all of it would. */
    private static final WebServer.Application CREDULOUS = (request, response) -> {
        StringBuilder text = new StringBuilder();
        for (String name : Collections.list(request.getHeaderNames())) {
            text.append(name)
                    .append('=')
                    .append(Collections.list(request.getHeaders(name)))
                    .append('\n');
        }
        text.append(request.getHeader("X-Forwarded-Host"))
                .append(request.getHeader("X-Original-URL"))
                .append(request.getHeader("X-HTTP-Method-Override"))
                .append(request.getHeader("User-Agent"))
                .append(request.getIntHeader("X-Number"))
                .append(request.getDateHeader("Date"))
                .append(request.getRequestURL())
                .append(request.getScheme())
                .append(request.isSecure())
                .append(request.getServerName())
                .append(request.getServerPort())
                .append(request.getRemoteAddr())
                .append(request.getRemoteHost())
                .append(request.getRemotePort())
                .append(request.getLocales().nextElement())
                .append(request.getRemoteUser())
                .append(request.getUserPrincipal())
                .append(request.getAuthType())
                .append(request.getCookies() == null)
                .append(request.getRequestedSessionId())
                .append(request.getSession(false) == null)
                .append(request.getTrailerFields())
                .append(request.getParameterMap().keySet());
        response.setHeader("X-Echo", text.toString().replace('\n', ' '));
        response.getWriter().print(text);
    };

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-Host: evil.example",
                "X-Forwarded-Proto: https",
                "X-Forwarded-For: 6.6.6.6",
                "X-Forwarded-Port: 666",
                "X-Forwarded-Prefix: /evil",
                "Forwarded: host=evil.example;proto=https;for=6.6.6.6",
                "X-Original-URL: /evil",
                "X-Rewrite-URL: /evil",
                "X-HTTP-Method-Override: POST",
                "X-Number: 666",
                "User-Agent: evil",
                "Referer: https://evil.example/",
                "Date: Thu, 01 Jan 1998 00:00:00 GMT",
                "If-None-Match: \"evil\"",
                "If-Modified-Since: Thu, 01 Jan 1998 00:00:00 GMT",
                "Accept-Charset: utf-16",
                "Cache-Control: evil",
                "DNT: 1",
                "x-anything: <script>",
            })
    void header_outsideTheKey_changesNothingThatIsStored(String header) {
        try (WebServer server = WebServer.of(CREDULOUS);
                WebServer untouched = WebServer.of(CREDULOUS)) {
            String host = "Host: shop.example";
            String poisoned = server.get("/page", host, header).body();
            String clean = untouched.get("/page", host).body();
            assertThat(poisoned)
                    .isEqualTo(clean)
                    .doesNotContainIgnoringCase("evil")
                    .doesNotContain("666", "6.6.6.6");
            Reply victim = server.get("/page", host);
            assertThat(victim.body()).isEqualTo(clean);
            assertThat(server.runs)
                    .as("the victim got what the header's sender left")
                    .hasValue(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-Host: evil.example",
                "X-Forwarded-Proto: https",
                "X-Forwarded-For: 6.6.6.6",
                "X-Forwarded-Port: 666",
                "Forwarded: host=evil.example;proto=https;for=6.6.6.6",
            })
    void header_thatTheContainerBelieves_isInTheKeyOrHidden(String header) {
        try (WebServer server = WebServer.of(CREDULOUS).behindProxy()) {
            server.get("/page", "Host: shop.example", header);
            String clean = server.get("/page", "Host: shop.example").body();
            assertThat(clean).doesNotContainIgnoringCase("evil").doesNotContain("666", "6.6.6.6", "https");
            assertThat(clean).contains("http://shop.example/page");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Cookie: session=1",
                "Authorization: Basic YTpi",
                "Proxy-Authorization: Basic YTpi",
                "Range: bytes=0-1",
                "If-Match: \"1\"",
                "If-Unmodified-Since: Thu, 01 Jan 1998 00:00:00 GMT",
                "Content-Type: text/plain; charset=utf-16",
                "Cache-Control: no-store",
                "Accept-Encoding: identity;q=0",
            })
    void request_withAnyOfThese_bypassesInBothDirections(String header) {
        try (WebServer server = WebServer.of((request, response) ->
                response.getWriter().print(request.getHeader(header.substring(0, header.indexOf(':')))))) {
            String own = server.get("/", header).body();
            assertThat(own).as("the application sees the header").isEqualTo(header.substring(header.indexOf(':') + 2));
            assertThat(server.region.stats().localEntries()).isZero();
            if (!header.startsWith("Accept-Encoding")) {
                assertThat(server.get("/").body()).isEqualTo("null");
            }
            assertThat(server.get("/", header).body()).isEqualTo(own);
        }
    }

    @Test
    void request_withABody_bypasses() {
        try (WebServer server = WebServer.of((request, response) -> response.getWriter()
                .print(new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8)))) {
            assertThat(server.get("/", "Content-Length: 0").body()).isEmpty();
            assertThat(server.send("POST", "/", "Content-Length: 0").status()).isEqualTo(200);
            assertThat(server.runs).hasValue(2);
            assertThat(server.region.stats().localEntries()).isEqualTo(1);
        }
    }

    @Test
    void request_ofAKnownUser_bypasses() {
        Principal anna = () -> "anna";
        try (WebServer server = WebServer.of(
                (request, response, chain) -> {
                    HttpServletRequest http = (HttpServletRequest) request;
                    boolean known = http.getHeader("X-User") != null;
                    chain.doFilter(
                            !known
                                    ? http
                                    : new HttpServletRequestWrapper(http) {
                                        @Override
                                        public Principal getUserPrincipal() {
                                            return anna;
                                        }
                                    },
                            response);
                },
                (request, response) ->
                        response.getWriter().print(request.getUserPrincipal() == null ? "nobody" : "anna"),
                settings -> settings)) {
            assertThat(server.get("/", "X-User: anna").body()).isEqualTo("anna");
            assertThat(server.get("/").body()).isEqualTo("nobody");
            assertThat(server.get("/", "X-User: anna").body()).isEqualTo("anna");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cookie", "header", "session"})
    void response_forOneClient_isNotStored(String how) {
        try (WebServer server = WebServer.of((request, response) -> {
            response.setHeader("Cache-Control", "public, max-age=60");
            switch (how) {
                case "cookie" -> response.addCookie(new Cookie("a", "b"));
                case "header" -> response.addHeader("set-cookie", "a=b");
                default -> request.getSession().setAttribute("a", "b");
            }
            response.getWriter().print("yours");
        })) {
            assertThat(server.get("/").body()).isEqualTo("yours");
            assertThat(server.get("/").body()).isEqualTo("yours");
            assertThat(server.runs).hasValue(2);
            assertThat(server.region.stats().localEntries()).isZero();
        }
    }

    @Test
    void response_withACookieOfAnOuterFilter_isNotStored() {
        try (WebServer server = WebServer.of(
                (request, response, chain) -> {
                    ((jakarta.servlet.http.HttpServletResponse) response).addCookie(new Cookie("csrf", "1"));
                    chain.doFilter(request, response);
                },
                (request, response) -> response.getWriter().print("x"),
                settings -> settings)) {
            server.get("/");
            server.get("/");
            assertThat(server.runs).hasValue(2);
        }
    }

    @Test
    void dangerousOptions_storeWithoutWhatIsPersonal() {
        try (WebServer server = WebServer.of(
                (request, response) -> {
                    response.addHeader("Set-Cookie", "a=b");
                    response.getWriter().print(request.getHeader("Cookie") + request.getHeader("Authorization"));
                },
                settings -> settings.dangerouslyCacheRequestsWithCookies()
                        .dangerouslyCacheAuthorizedRequests()
                        .dangerouslyCacheResponsesThatSetCookies())) {
            Reply first = server.get("/", "Cookie: c=d", "Authorization: Basic YTpi");
            assertThat(first.body()).isEqualTo("nullnull");
            assertThat(first.header("Set-Cookie")).isEqualTo("a=b");
            Reply second = server.get("/");
            assertThat(second.body()).isEqualTo("nullnull");
            assertThat(second.header("Set-Cookie")).isNull();
            assertThat(server.runs).hasValue(1);
        }
    }

    @Test
    void dangerousOptions_stillStoreNoSession() {
        try (WebServer server = WebServer.of(
                (request, response) ->
                        response.getWriter().print(request.getSession().getId()),
                settings -> settings.dangerouslyCacheRequestsWithCookies().dangerouslyCacheResponsesThatSetCookies())) {
            assertThat(server.get("/").body()).isNotEqualTo(server.get("/").body());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Cache-Control: no-cache            | 2",
                "Cache-Control: max-age=0           | 2",
                "Pragma: no-cache                   | 2",
                "Cache-Control: max-age=5           | 2",
                "Cache-Control: max-age=20          | 1",
                "Cache-Control: max-stale=99        | 1",
            })
    void request_maySayHowOldIsTooOld(String header, int runs) {
        try (WebServer server =
                        WebServer.of((request, response) -> response.getWriter().print("x"));
                WebServer deaf = WebServer.of(
                        (request, response) -> response.getWriter().print("x"),
                        ResponseCacheFilter.Builder::ignoreRequestCacheControl)) {
            server.get("/");
            server.clock.advance(Duration.ofSeconds(10));
            assertThat(server.get("/", header).body()).isEqualTo("x");
            assertThat(server.runs).hasValue(runs);
            server.get("/");
            assertThat(server.runs).as("the stored one is still there").hasValue(runs);

            deaf.get("/");
            deaf.clock.advance(Duration.ofSeconds(10));
            deaf.get("/", header);
            assertThat(deaf.runs).hasValue(1);
        }
    }

    @Test
    void onlyIfCached_isAnsweredFromTheCacheOrBy504() {
        try (WebServer server =
                WebServer.of((request, response) -> response.getWriter().print("x"))) {
            assertThat(server.get("/", "Cache-Control: only-if-cached").status())
                    .isEqualTo(504);
            assertThat(server.runs).hasValue(0);
            server.get("/");
            assertThat(server.get("/", "Cache-Control: only-if-cached").body()).isEqualTo("x");
            assertThat(server.get("/", "Cache-Control: only-if-cached, no-cache")
                            .status())
                    .isEqualTo(504);
            assertThat(server.runs).hasValue(1);
        }
    }

    @Test
    void when_excludes() {
        try (WebServer server = WebServer.of(
                (request, response) -> response.getWriter().print(request.getHeader("User-Agent")),
                settings -> settings.when(request -> !request.getRequestURI().startsWith("/live")))) {
            assertThat(server.get("/live/1", "User-Agent: a").body()).isEqualTo("a");
            assertThat(server.get("/live/1", "User-Agent: b").body()).isEqualTo("b");
            assertThat(server.get("/page", "User-Agent: a").body()).isEqualTo("null");
        }
    }

    @Test
    void key_asDocumented() {
        try (WebServer server =
                WebServer.of((request, response) -> response.getWriter().print("x"))) {
            server.get("/a/b?c=d%20e&f", "Accept: text/html, */*", "Accept-Encoding: gzip", "Host: h.example:8080");
            assertThat(server.region.getIfPresent(
                            "/a/b?c=d%20e&f http://h.example:8080 accept-encoding=gzip" + " accept=text/html,%20*/*"))
                    .isNotNull();
        }
    }
}
