package io.perfkit.cache.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is stored, for how long, and what comes back. */
class StoringTest {

    @Test
    void get_sameTwice_runsApplicationOnceAndAnswersAlike() {
        try (WebServer server = WebServer.of((request, response) -> {
            response.setContentType("text/html");
            response.addHeader("Link", "</a>");
            response.addHeader("Link", "</b>");
            response.getWriter().print("grüße");
        })) {
            Reply first = server.get("/page");
            Reply second = server.get("/page");
            assertThat(server.runs).hasValue(1);
            assertThat(second.status()).isEqualTo(200);
            assertThat(second.bytes()).isEqualTo(first.bytes());
            first.headers().remove("Date");
            second.headers().remove("Date");
            assertThat(second.headers().remove("Age")).containsExactly("0");
            assertThat(second.headers()).isEqualTo(first.headers());
            assertThat(second.headers().get("Link")).containsExactly("</a>", "</b>");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/page?a=1", "/page?a=1&b=2", "/page?b=2&a=1", "/other", "/page?"})
    void get_anotherTarget_isAnotherEntry(String target) {
        try (WebServer server = WebServer.of((request, response) ->
                response.getWriter().print(request.getRequestURI() + request.getQueryString()))) {
            server.get("/page");
            String body = server.get(target).body();
            assertThat(server.get(target).body()).isEqualTo(body);
            assertThat(server.runs).hasValue(2);
        }
    }

    @Test
    void get_anotherHostOrKeyHeader_isAnotherEntry() {
        try (WebServer server = WebServer.of((request, response) -> response.getWriter()
                .print(request.getServerName() + " " + request.getHeader("Accept-Language") + " "
                        + request.getLocale().getLanguage()))) {
            assertThat(server.get("/", "Host: a.example").body()).startsWith("a.example null");
            assertThat(server.get("/", "Host: b.example").body()).startsWith("b.example null");
            assertThat(server.get("/", "Host: b.example", "Accept-Language: de").body())
                    .isEqualTo("b.example de de");
            assertThat(server.get("/", "Host: b.example", "Accept-Language: fr").body())
                    .isEqualTo("b.example fr fr");
            assertThat(server.get("/", "Host: b.example", "Accept-Language: de").body())
                    .isEqualTo("b.example de de");
            assertThat(server.runs).hasValue(4);
        }
    }

    @Test
    void keyHeader_normalized_isSeenSoByTheApplicationToo() {
        try (WebServer server = WebServer.of(
                (request, response) -> response.getWriter().print(request.getHeader("Accept-Language")),
                settings -> settings.keyHeader("Accept-Language", value -> value.substring(0, 2)))) {
            assertThat(server.get("/", "Accept-Language: de-DE,de;q=0.9").body())
                    .isEqualTo("de");
            assertThat(server.get("/", "Accept-Language: de-AT").body()).isEqualTo("de");
            assertThat(server.runs).hasValue(1);
        }
    }

    @Test
    void keyPart_distinguishes() {
        try (WebServer server = WebServer.of(
                (request, response) -> response.getWriter().print("x"),
                settings -> settings.keyPart("tenant", request -> request.getHeader("X-Tenant")))) {
            server.get("/", "X-Tenant: a");
            server.get("/", "X-Tenant: b");
            server.get("/", "X-Tenant: a");
            assertThat(server.runs).hasValue(2);
        }
    }

    @Test
    void gzip_hasItsOwnVariantHoweverItIsAskedFor() {
        try (WebServer server = WebServer.of((request, response) -> {
            response.setHeader("Vary", "Accept-Encoding");
            byte[] text = "hello".getBytes(StandardCharsets.UTF_8);
            if ("gzip".equals(request.getHeader("Accept-Encoding"))) {
                response.setHeader("Content-Encoding", "gzip");
                ByteArrayOutputStream zipped = new ByteArrayOutputStream();
                try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
                    gzip.write(text);
                }
                text = zipped.toByteArray();
            }
            response.getOutputStream().write(text);
        })) {
            Reply plain = server.get("/");
            Reply zipped = server.get("/", "Accept-Encoding: gzip, deflate, br");
            Reply again = server.get("/", "Accept-Encoding: br;q=1.0, GZIP;q=0.8, *;q=0.1");
            Reply refused = server.get("/", "Accept-Encoding: gzip;q=0");
            assertThat(plain.body()).isEqualTo("hello");
            assertThat(plain.header("Content-Encoding")).isNull();
            assertThat(zipped.header("Content-Encoding")).isEqualTo("gzip");
            assertThat(again.bytes()).isEqualTo(zipped.bytes());
            assertThat(refused.body()).isEqualTo("hello");
            assertThat(zipped.header("ETag")).isNotNull().isNotEqualTo(plain.header("ETag"));
            assertThat(server.runs).hasValue(2);
        }
    }

    @Test
    void head_isAnsweredFromWhatAGetLeftAndStoresNothing() {
        try (WebServer server =
                WebServer.of((request, response) -> response.getWriter().print("hello"))) {
            assertThat(server.send("HEAD", "/").status()).isEqualTo(200);
            assertThat(server.get("/").body()).isEqualTo("hello");
            assertThat(server.runs).hasValue(2);
            Reply head = server.send("HEAD", "/");
            assertThat(server.runs).hasValue(2);
            assertThat(head.bytes()).isEmpty();
            assertThat(head.header("Content-Length")).isEqualTo("5");
            assertThat(head.header("ETag")).isEqualTo(server.get("/").header("ETag"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 |                                 | true",
                "203 |                                 | true",
                "301 |                                 | true",
                "308 |                                 | true",
                "201 |                                 | false",
                "204 |                                 | false",
                "206 |                                 | false",
                "302 | Cache-Control: max-age=60       | false",
                "404 |                                 | false",
                "404 | Cache-Control: max-age=60       | true",
                "410 | Cache-Control: max-age=60       | true",
                "500 | Cache-Control: max-age=60       | false",
                "503 |                                 | false",
                "200 | Cache-Control: no-store         | false",
                "200 | Cache-Control: public, no-cache | false",
                "200 | Cache-Control: No-Cache=\"a, b\"| false",
                "200 | Cache-Control: private          | false",
                "200 | Cache-Control: max-age=0        | false",
                "200 | Cache-Control: max-age=1x       | false",
                "200 | Cache-Control: max-age=9, s-maxage=0 | false",
                "200 | Cache-Control: max-age=0, s-maxage=9 | true",
                "200 | Cache-Control: max-age=\"9\"    | true",
                "200 | Expires: 0                      | false",
                "200 | Expires: Thu, 01 Jan 2026 00:00:00 GMT | false",
                "200 | Expires: Thu, 01 Jan 2026 00:01:00 GMT | true",
                "200 | Set-Cookie: a=b                 | false",
                "200 | Vary: *                         | false",
                "200 | Vary: Accept-Encoding, origin   | true",
                "200 | Vary: User-Agent                | false",
                "200 | Content-Type: text/event-stream | false",
                "200 | Content-Range: bytes 0-1/2      | false",
            })
    void response_isStoredOrNot(int status, String header, boolean stored) {
        try (WebServer server = WebServer.of((request, response) -> {
            response.setStatus(status);
            if (header != null) {
                String[] parts = header.split(": ", 2);
                response.addHeader(parts[0], parts[1]);
            }
            if (status != 204) {
                response.getWriter().print("body");
            }
        })) {
            for (int i = 0; i < 2; i++) {
                Reply reply = server.get("/");
                assertThat(reply.status()).isEqualTo(status);
                assertThat(reply.body()).isEqualTo(status == 204 ? "" : "body");
            }
            assertThat(server.runs).hasValue(stored ? 1 : 2);
            assertThat(server.region.stats().localEntries()).isEqualTo(stored ? 1 : 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"max-age=60, 60", "'s-maxage=30, max-age=60', 30", "'max-age=60, max-age=20', 20", "max-age=3600, 300"})
    void ttl_isTheRegionsUnlessTheResponseNamesAShorterOne(String cacheControl, int seconds) {
        try (WebServer server = WebServer.of((request, response) -> {
            response.setHeader("Cache-Control", cacheControl);
            response.getWriter().print("x");
        })) {
            server.get("/");
            server.clock.advance(Duration.ofSeconds(seconds).minusMillis(100));
            server.get("/");
            assertThat(server.runs).hasValue(1);
            server.clock.advance(Duration.ofMillis(200));
            server.get("/");
            assertThat(server.runs).hasValue(2);
        }
    }

    @Test
    void ttl_ofAResponseThatIsOldAlready_isWhatIsLeft() {
        try (WebServer server = WebServer.of((request, response) -> {
            response.setHeader("Cache-Control", "max-age=60");
            response.setHeader("Age", "50");
            response.getWriter().print("x");
        })) {
            server.get("/");
            server.clock.advance(Duration.ofSeconds(11));
            server.get("/");
            assertThat(server.runs).hasValue(2);
        }
    }

    @Test
    void notFoundTtl_storesWhatIsAbsentForThatTime() {
        try (WebServer server = WebServer.of(
                (request, response) -> response.setStatus(404),
                settings -> settings.notFoundTtl(Duration.ofSeconds(10)))) {
            assertThat(server.get("/").status()).isEqualTo(404);
            assertThat(server.get("/").status()).isEqualTo(404);
            assertThat(server.runs).hasValue(1);
            server.clock.advance(Duration.ofSeconds(11));
            server.get("/");
            assertThat(server.runs).hasValue(2);
        }
    }

    @Test
    void sendErrorAndSendRedirect_areNotStored() {
        try (WebServer server = WebServer.of((request, response) -> {
            response.setHeader("Cache-Control", "max-age=60");
            response.getWriter().print("gone with the error");
            if (request.getRequestURI().equals("/error")) {
                response.sendError(404, "nothing here");
            } else {
                response.sendRedirect("/elsewhere");
            }
        })) {
            for (int i = 1; i <= 2; i++) {
                assertThat(server.get("/error").status()).isEqualTo(404);
                assertThat(server.get("/redirect").status()).isEqualTo(302);
                assertThat(server.get("/error").body()).doesNotContain("gone with the error");
            }
            assertThat(server.region.stats().localEntries()).isZero();
        }
    }

    @Test
    void headers_ofOneMessage_areNotStored() {
        try (WebServer server = WebServer.of(
                (request, response) -> {
                    response.setHeader("X-Kept", "1");
                    response.setHeader("X-Trace", "1");
                    response.setHeader("X-Hop", "1");
                    response.setHeader("Connection", "X-Hop");
                    response.setHeader("Server-Timing", "db;dur=1");
                    response.getWriter().print("x");
                },
                settings -> settings.dropHeaders("X-Trace"))) {
            server.get("/");
            assertThat(server.get("/").headers())
                    .containsKey("X-Kept")
                    .doesNotContainKeys("X-Trace", "X-Hop", "Server-Timing");
            assertThat(server.runs).hasValue(1);
        }
    }

    @Test
    void headers_ofOuterFilters_areNotStored() {
        try (WebServer server = WebServer.of(
                (request, response, chain) -> {
                    String id = ((HttpServletRequest) request).getHeader("X-Id");
                    ((HttpServletResponse) response).setHeader("X-Request", id);
                    chain.doFilter(request, response);
                },
                (request, response) -> response.getWriter().print("x"),
                settings -> settings)) {
            assertThat(server.get("/", "X-Id: 1").header("X-Request")).isEqualTo("1");
            assertThat(server.get("/", "X-Id: 2").header("X-Request")).isEqualTo("2");
            assertThat(server.runs).hasValue(1);
        }
    }

    @Test
    void etag_isComputedAndAnswered304ToWhoHasIt() throws IOException {
        try (WebServer server = WebServer.of((request, response) -> {
            assertThat(request.getHeader("If-None-Match")).isNull();
            response.setContentType("text/plain");
            response.setHeader("Cache-Control", "max-age=60");
            response.getWriter().print("hello");
        })) {
            String tag = server.get("/").header("ETag");
            assertThat(tag).matches("\"[0-9a-f]{32}\"");
            for (String sent : List.of(tag, "W/" + tag, "\"x, y\", " + tag, "*")) {
                Reply reply = server.get("/", "If-None-Match: " + sent);
                assertThat(reply.status()).isEqualTo(304);
                assertThat(reply.bytes()).isEmpty();
                assertThat(reply.header("ETag")).isEqualTo(tag);
                assertThat(reply.header("Cache-Control")).isEqualTo("max-age=60");
            }
            assertThat(server.get("/", "If-None-Match: \"other\"").status()).isEqualTo(200);
            assertThat(server.runs).hasValue(1);
            server.region.clear();
            assertThat(server.get("/", "If-None-Match: " + tag).status()).isEqualTo(304);
            assertThat(server.get("/").body()).isEqualTo("hello");
            assertThat(server.runs).hasValue(2);
        }
    }

    @Test
    void etagAndDate_ofTheApplication_areKept() {
        try (WebServer server = WebServer.of((request, response) -> {
            response.setHeader("ETag", "W/\"7\"");
            response.setDateHeader("Last-Modified", 1_000_000_000_000L);
            response.getWriter().print("hello");
        })) {
            assertThat(server.get("/").header("ETag")).isEqualTo("W/\"7\"");
            assertThat(server.get("/", "If-None-Match: \"7\"").status()).isEqualTo(304);
            String date = server.get("/").header("Last-Modified");
            assertThat(server.get("/", "If-Modified-Since: " + date).status()).isEqualTo(304);
            assertThat(server.get("/", "If-Modified-Since: " + date, "If-None-Match: \"8\"")
                            .status())
                    .isEqualTo(200);
            assertThat(server.get("/", "If-Modified-Since: Thu, 01 Jan 1998 00:00:00 GMT")
                            .status())
                    .isEqualTo(200);
            assertThat(server.runs).hasValue(1);
        }
    }

    @Test
    void statusHeader_onlyIfTold() {
        WebServer.Application application =
                (request, response) -> response.getWriter().print("x");
        try (WebServer silent = WebServer.of(application);
                WebServer told = WebServer.of(application, settings -> settings.statusHeader("X-Outcome"))) {
            silent.get("/");
            assertThat(silent.get("/").headers()).doesNotContainKey("X-Outcome");
            assertThat(told.get("/").header("X-Outcome")).isEqualTo("MISS");
            assertThat(told.get("/").header("X-Outcome")).isEqualTo("HIT");
            assertThat(told.send("POST", "/").header("X-Outcome")).isEqualTo("BYPASS");
        }
    }

    @Test
    void invalidatePattern_findsEveryVariantOfThePathsAndNoOther() {
        try (WebServer server =
                WebServer.of((request, response) -> response.getWriter().print("x"))) {
            List<String> targets =
                    List.of("/api/products/42", "/api/products/42?a=1", "/api/products/421", "/api/users/42");
            targets.forEach(server::get);
            server.get("/api/products/42", "Host: other.example", "Accept: text/html", "Accept-Encoding: gzip");
            assertThat(server.runs).hasValue(5);

            server.region.invalidatePattern(ResponseCacheFilter.pattern("/api/products/42"));
            targets.forEach(server::get);
            server.get("/api/products/42", "Host: other.example", "Accept: text/html", "Accept-Encoding: gzip");
            assertThat(server.runs).as("three of the five").hasValue(8);

            server.region.invalidatePattern("/api/products/*");
            targets.forEach(server::get);
            assertThat(server.runs).as("three of the four").hasValue(11);
        }
    }

    @Test
    void pattern_ofAPathWithStars_isThatPathOnly() {
        try (WebServer server =
                WebServer.of((request, response) -> response.getWriter().print("x"))) {
            server.get("/a*");
            server.get("/ab");
            server.region.invalidatePattern(ResponseCacheFilter.pattern("/a*"));
            server.get("/ab");
            assertThat(server.runs).hasValue(2);
            server.get("/a*");
            assertThat(server.runs).hasValue(3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%61", "/a%2fb", "/a%2Cb", "/a//b", "/a/./b", "/a/../b", "/a;x=1", "/a%c3%a4"})
    void path_inAnUnusualSpelling_isNotStored(String path) {
        assertThat(RequestPath.isCanonical(path)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a/b", "/a/", "/a%20b", "/%C3%A4", "/a,b", "/a%25", "/%5B1%5D"})
    void path_inItsOneSpelling_isStored(String path) {
        assertThat(RequestPath.isCanonical(path)).isTrue();
    }

    @Test
    void get_unusualSpelling_reachesTheApplicationEachTime() {
        try (WebServer server =
                WebServer.of((request, response) -> response.getWriter().print("x"))) {
            server.get("/%61");
            server.get("/%61");
            assertThat(server.runs).hasValue(2);
            assertThat(server.region.stats().localEntries()).isZero();
        }
    }
}
