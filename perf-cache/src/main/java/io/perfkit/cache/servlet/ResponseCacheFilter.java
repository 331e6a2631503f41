package io.perfkit.cache.servlet;

import com.github.benmanes.caffeine.cache.Ticker;
import io.perfkit.cache.CacheRegion;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code GET} requests with responses that were produced before, for anybody who asks for the same: by path,
 * query, scheme, host and named headers. {@code HEAD} is answered from what a {@code GET} has left. Thread-safe.
 *
 * <pre>{@code
 * CacheRegion<CachedResponse> pages =
 *         cache.region("pages", CachedResponse.codec(), CachePolicy.of(Duration.ofMinutes(5)));
 * Filter filter = ResponseCacheFilter.builder(pages).build();
 * pages.invalidatePattern("/api/products/*");
 * }</pre>
 *
 * <p><b>Keys.</b> {@code PATH[?QUERY] SCHEME://HOST[:PORT][ NAME=VALUE]...}, such as
 * {@code /api/products/42?currency=EUR https://shop.example accept-encoding=gzip accept=text/html}. The path is the raw
 * one with the context path, the query is as it was sent, names are in lower case, and values percent-encoded where they
 * have other than printable ASCII. Hosts are in lower case, without a dot at their end and without the scheme's own port.
 * So {@code /api/products/*} is everything below that path on every host,
 * {@link #pattern} is one path with any query, and {@code /api/products/* https://shop.example*} what one host has of
 * it. A path in an unusual spelling ({@code /a/%62}, {@code //}, {@code ;x}) bypasses the cache, so that no pattern
 * misses one.
 *
 * <p><b>What the application sees</b> of a {@code GET} or {@code HEAD} that may be answered from the cache is what the
 * key consists of, and {@code Host}: every other header, the client's address, its session and its user are hidden. So
 * nothing else can change what is stored for others. Name each header that the application looks at in
 * {@link Builder#keyHeaders}; what filters outside of this one derive from other headers, name in
 * {@link Builder#keyPart}. {@code Accept-Encoding} is reduced to the codings of {@link Builder#encodings}.
 *
 * <p><b>What bypasses it</b>, unseen and unchanged: other methods; requests with {@code Cookie}, {@code Authorization},
 * a user, a client certificate or a session in the URL; with {@code Range}, {@code If-Match}, {@code Upgrade} or a body;
 * with {@code Cache-Control: no-store}; dispatches other than {@code REQUEST}. {@code no-cache} and {@code max-age=0}
 * are answered by the application, and the answer is not stored; {@code only-if-cached} by a 504 where nothing is.
 *
 * <p><b>What succeeds in a change</b>, which is an unsafe method that is answered with 2xx or 3xx, invalidates whatever
 * is stored for its path on its host, and for the {@code Location} and {@code Content-Location} of the same origin (RFC
 * 9111, 4.4): before the answer leaves, and once more when the application has ended. See
 * {@link Builder#invalidateWhen}.
 *
 * <p><b>What is stored</b>: 200, 203, 301 and 308 for the region's ttl, or for less where {@code s-maxage},
 * {@code max-age} or {@code Expires} says so; 404 and 410 only where one of these or {@link Builder#notFoundTtl} does.
 * Not: {@code no-store}, {@code no-cache}, {@code private}; a {@code Vary} by anything that is not in the key;
 * {@code Set-Cookie}, a new session, a login; a body above {@link Builder#maximumBodySize}, which is streamed without
 * being held; {@code sendError} and {@code sendRedirect}; event streams; trailers; a body of another length than
 * announced; anything that could not be sent completely. All headers that the application set are stored, but for those
 * of one connection or one exchange (an identifier of the request, {@code Server-Timing}; the page on responses lists
 * them) and those of {@link Builder#dropHeaders}. {@code Age} and {@code Date} are sent with what is stored.
 *
 * <p><b>One at a time.</b> Of concurrent requests for the same, one runs the application; the others wait for it, no
 * longer than {@link Builder#maximumWait}. If its response turns out not to be for others, they are told at once and run
 * the application themselves, and for ten seconds requests for the same do not wait for each other. An invalidation in
 * between cuts the running one off, as in {@link CacheRegion}.
 *
 * <p><b>Flushing and asynchronous requests</b> work, and are stored: what the application has flushed is sent at once.
 * Only the first client then gets no computed {@code ETag}. Put this filter outside of what compresses, and inside of
 * what checks access.
 */
public final class ResponseCacheFilter implements Filter {

    private final ResponseCache cache;

    private final UnsafeMethods unsafe;

    private ResponseCacheFilter(ResponseCache cache, UnsafeMethods unsafe) {
        this.cache = cache;
        this.unsafe = unsafe;
    }

    /**
     * A builder.
     *
     * @param region a region that was defined with {@link CachedResponse#codec}; its ttl is the longest time that a
     *     response is kept
     * @return a new builder
     */
    public static Builder builder(CacheRegion<CachedResponse> region) {
        return new Builder(Objects.requireNonNull(region, "region"));
    }

    /**
     * The pattern of one path with any query, on every host and in every variant.
     *
     * @param path the raw path with the context path, such as {@code /api/products/42}; what has a meaning in patterns
     *     is escaped
     * @return for {@link CacheRegion#invalidatePattern}
     */
    public static String pattern(String path) {
        return CacheRegion.escape(path) + "[? ]*";
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request instanceof HttpServletRequest httpRequest
                && response instanceof HttpServletResponse httpResponse
                && request.getDispatcherType() == DispatcherType.REQUEST
                && !isProducing(request)) {
            if (unsafe.include(httpRequest)) {
                cache.bypass(httpResponse);
                unsafe.answer(httpRequest, httpResponse, chain);
            } else {
                cache.answer(httpRequest, httpResponse, chain);
            }
        } else {
            unsafe.resume(request, response, chain);
        }
    }

    /** A filter that is mapped twice would wait for itself. */
    private static boolean isProducing(ServletRequest request) {
        return request instanceof ProducingRequest
                || (request instanceof ServletRequestWrapper wrapper && wrapper.isWrapperFor(ProducingRequest.class));
    }

    /** Collects the settings of a {@link ResponseCacheFilter}. Not thread-safe. */
    public static final class Builder {

        private final CacheRegion<CachedResponse> region;
        private final Map<String, UnaryOperator<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        private final Map<String, Function<HttpServletRequest, @Nullable String>> parts = new LinkedHashMap<>();
        private final Set<String> dropped = new TreeSet<>();
        private List<String> encodings = List.of("gzip");
        private int maximumBodySize = 1 << 20;
        private @Nullable Duration notFoundTtl;
        private Duration maximumWait = Duration.ofSeconds(10);
        private Predicate<HttpServletRequest> when = request -> true;
        private Predicate<HttpServletRequest> invalidateWhen = request -> true;
        private boolean heedsRequests = true;
        private @Nullable String statusHeader;
        private boolean despiteCookies;
        private boolean despiteAuthorization;
        private boolean despiteSetCookie;
        private InstantSource clock = InstantSource.system();
        private Ticker ticker = Ticker.systemTicker();

        private Builder(CacheRegion<CachedResponse> region) {
            this.region = region;
            keyHeaders("Accept", "Accept-Language", "Origin");
        }

        /**
         * The request headers that are part of the key, as they are sent: all that the application looks at. The default
         * is {@code Accept}, {@code Accept-Language} and {@code Origin}; this call replaces them.
         *
         * @param names such as {@code Accept-Language}; none of the headers that this filter handles itself
         * @return this builder
         */
        public Builder keyHeaders(String... names) {
            headers.clear();
            for (String name : names) {
                keyHeader(name, UnaryOperator.identity());
            }
            return this;
        }

        /**
         * Adds a request header to the key, in a form that has fewer values than clients send: {@code de} for
         * {@code de-DE,de;q=0.9,en;q=0.8}. The application sees this form.
         *
         * @param name such as {@code Accept-Language}
         * @param normalizer makes the form; several lines come joined by commas
         * @return this builder
         */
        public Builder keyHeader(String name, UnaryOperator<String> normalizer) {
            headers.put(Settings.keyHeader(name), Objects.requireNonNull(normalizer, "normalizer"));
            return this;
        }

        /**
         * Adds to the key what is no header: a tenant, or a choice that an outer filter has made.
         *
         * @param name its name in the key, of the form of a header's
         * @param part finds it in the request as the client sent it; null for none
         * @return this builder
         */
        public Builder keyPart(String name, Function<HttpServletRequest, @Nullable String> part) {
            parts.put(Settings.name("A key part", name), Objects.requireNonNull(part, "part"));
            return this;
        }

        /**
         * The codings that the application may use, each set of which is a variant of its own. The default is
         * {@code gzip}.
         *
         * @param codings such as {@code br}, {@code gzip}; none if the application compresses nothing
         * @return this builder
         */
        public Builder encodings(String... codings) {
            List<String> all = new ArrayList<>();
            for (String coding : codings) {
                all.add(Settings.name("A coding", coding).toLowerCase(Locale.ROOT));
            }
            this.encodings = List.copyOf(all);
            return this;
        }

        /**
         * The largest body that is stored. So much is held in memory for each response that is being produced. The
         * default is 1 MiB.
         *
         * @param bytes at least 1
         * @return this builder
         */
        public Builder maximumBodySize(int bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("maximumBodySize must be at least 1, but was " + bytes);
            }
            this.maximumBodySize = bytes;
            return this;
        }

        /**
         * Stores 404 and 410 that name no time of their own. Without it they are not stored: anybody can ask for any
         * number of things that do not exist, and push out those that do.
         *
         * @param ttl at least 1 ms; the region's ttl bounds it
         * @return this builder
         */
        public Builder notFoundTtl(Duration ttl) {
            this.notFoundTtl = Settings.duration("notFoundTtl", ttl);
            return this;
        }

        /**
         * How long a request waits for the response that another one produces. Then it runs the application itself. The
         * default is 10 s.
         *
         * @param time at least 1 ms
         * @return this builder
         */
        public Builder maximumWait(Duration time) {
            this.maximumWait = Settings.duration("maximumWait", time);
            return this;
        }

        /**
         * Restricts the filter to some of the requests; the others bypass it.
         *
         * @param condition what a request must be like
         * @return this builder
         */
        public Builder when(Predicate<HttpServletRequest> condition) {
            this.when = Objects.requireNonNull(condition, "condition");
            return this;
        }

        /**
         * Restricts which requests with an unsafe method invalidate their path when they succeed. The default is all,
         * whatever {@link #when} says, as RFC 9111 demands. Leave out those that change nothing, such as a search by
         * {@code POST}: each invalidation goes to every node.
         *
         * @param condition what a request must be like
         * @return this builder
         */
        public Builder invalidateWhen(Predicate<HttpServletRequest> condition) {
            this.invalidateWhen = Objects.requireNonNull(condition, "condition");
            return this;
        }

        /**
         * Response headers that are not stored, beside those of one exchange which never are: an identifier or a
         * measurement under a name of your own.
         *
         * @param names the headers
         * @return this builder
         */
        public Builder dropHeaders(String... names) {
            for (String name : names) {
                dropped.add(Settings.name("A dropped header", name).toLowerCase(Locale.ROOT));
            }
            return this;
        }

        /**
         * Disregards {@code Cache-Control} and {@code Pragma} of requests. Otherwise a browser's reload button, and
         * everybody who wants the application to work harder, gets past the cache.
         *
         * @return this builder
         */
        public Builder ignoreRequestCacheControl() {
            this.heedsRequests = false;
            return this;
        }

        /**
         * Adds a header that says {@code HIT}, {@code MISS} or {@code BYPASS}.
         *
         * @param name such as {@code X-Cache}
         * @return this builder
         */
        public Builder statusHeader(String name) {
            this.statusHeader = Settings.name("statusHeader", name);
            dropped.add(name.toLowerCase(Locale.ROOT));
            return this;
        }

        /**
         * Answers requests with cookies from the cache, and stores their responses for everybody. Dangerous: where
         * pages differ by user and the user is known by anything that an outer filter leaves behind, one user gets the
         * page of another. The application does not see the cookies; a login by cookie no longer works behind this
         * filter.
         *
         * @return this builder
         */
        public Builder dangerouslyCacheRequestsWithCookies() {
            this.despiteCookies = true;
            return this;
        }

        /**
         * Answers authorized requests from the cache, and stores their responses for everybody. Dangerous: a client
         * that passes the filters outside of this one gets what anybody else was given. The application sees neither the
         * credentials nor the user.
         *
         * @return this builder
         */
        public Builder dangerouslyCacheAuthorizedRequests() {
            this.despiteAuthorization = true;
            return this;
        }

        /**
         * Stores responses that set a cookie, without the cookie. Dangerous: what sets a cookie is usually made for one
         * client, and the body may say so too. A response that begins a session is not stored even so.
         *
         * @return this builder
         */
        public Builder dangerouslyCacheResponsesThatSetCookies() {
            this.despiteSetCookie = true;
            return this;
        }

        /**
         * The wall clock that {@code Age}, {@code Expires} and a request's {@code max-age} are compared with. How long
         * an entry is kept does not depend on it. The default is the system's.
         *
         * @param clock a wall clock
         * @return this builder
         */
        public Builder clock(InstantSource clock) {
            this.clock = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /** For how long requests do not wait for each other. */
        Builder ticker(Ticker ticker) {
            this.ticker = ticker;
            return this;
        }

        /**
         * Builds the filter.
         *
         * @return the filter
         * @throws IllegalArgumentException if the region's policy asks for what needs a request and would have none
         */
        public ResponseCacheFilter build() {
            Settings.checkRegion(region);
            RequestKeys keys = new RequestKeys(headers, parts, new AcceptedEncodings(encodings));
            ResponseCache cache = new ResponseCache(
                    region,
                    new RequestRules(when, despiteCookies, despiteAuthorization),
                    keys,
                    new StorableResponses(region.policy().ttl(), notFoundTtl, keys.names(), despiteSetCookie, clock),
                    new Delivery(clock, statusHeader),
                    Set.copyOf(dropped),
                    maximumBodySize,
                    maximumWait,
                    heedsRequests,
                    ticker);
            return new ResponseCacheFilter(cache, new UnsafeMethods(region, invalidateWhen));
        }
    }
}
