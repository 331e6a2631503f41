package io.perfkit.cache.servlet;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.perfkit.cache.CacheException;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.servlet.Turn.Outcome;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * How a request gets its response.
 *
 * <p>The region's asynchronous call decides who produces it, but the application runs on the thread of the request that
 * is chosen, as servlets expect. The load in the region's sense ends when it is known whether the response is for
 * others; that may be in the middle of sending one that is not.
 */
final class ResponseCache {

    private static final Duration NOT_FOR_OTHERS = Duration.ofSeconds(10);
    private static final int MAXIMUM_NOT_FOR_OTHERS = 10_000;

    /** What an application may want to see of a request whose response is neither taken from nor put into the cache. */
    private static final List<String> CONDITIONS =
            List.of("If-None-Match", "If-Modified-Since", "Cache-Control", "Pragma");

    private final CacheRegion<CachedResponse> region;
    private final RequestRules requests;
    private final RequestKeys keys;
    private final StorableResponses responses;
    private final Delivery delivery;
    private final Set<String> dropped;
    private final int largest;
    private final Duration maximumWait;
    private final boolean heedsRequests;
    private final Cache<String, Boolean> notForOthers;

    ResponseCache(
            CacheRegion<CachedResponse> region,
            RequestRules requests,
            RequestKeys keys,
            StorableResponses responses,
            Delivery delivery,
            Set<String> dropped,
            int largest,
            Duration maximumWait,
            boolean heedsRequests,
            Ticker ticker) {
        this.region = region;
        this.requests = requests;
        this.keys = keys;
        this.responses = responses;
        this.delivery = delivery;
        this.dropped = dropped;
        this.largest = largest;
        this.maximumWait = maximumWait;
        this.heedsRequests = heedsRequests;
        this.notForOthers = Caffeine.newBuilder()
                .maximumSize(MAXIMUM_NOT_FOR_OTHERS)
                .expireAfterWrite(NOT_FOR_OTHERS)
                .ticker(ticker)
                .executor(Runnable::run)
                .build();
    }

    void bypass(HttpServletResponse response) {
        delivery.mark(response, "BYPASS");
    }

    void answer(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        RequestWishes wishes = heedsRequests ? RequestWishes.of(request) : RequestWishes.NONE;
        RequestKeys.Key key = wishes.store() && requests.allow(request) ? keys.of(request) : null;
        if (key == null) {
            delivery.mark(response, "BYPASS");
            chain.doFilter(request, response);
        } else if (wishes.onlyStored() || "HEAD".equals(request.getMethod())) {
            CachedResponse stored = wishes.reload() ? null : stored(key);
            if (stored != null && isFreshEnough(stored, wishes)) {
                delivery.send(stored, request, response);
            } else if (wishes.onlyStored()) {
                response.setStatus(HttpServletResponse.SC_GATEWAY_TIMEOUT);
            } else {
                pass(key, request, response, chain);
            }
        } else if (wishes.reload() || notForOthers.getIfPresent(key.text()) != null) {
            pass(key, request, response, chain);
        } else {
            share(key, wishes, request, response, chain);
        }
    }

    private boolean isFreshEnough(CachedResponse stored, RequestWishes wishes) {
        return delivery.ageSeconds(stored) <= wishes.oldestSeconds()
                && (wishes.freshForSeconds() == 0
                        || responses.left(stored).compareTo(Duration.ofSeconds(wishes.freshForSeconds())) >= 0);
    }

    private @Nullable CachedResponse stored(RequestKeys.Key key) {
        try {
            return region.getIfPresent(key.text());
        } catch (CacheException e) {
            return null;
        }
    }

    private void share(
            RequestKeys.Key key,
            RequestWishes wishes,
            HttpServletRequest request,
            HttpServletResponse response,
            FilterChain chain)
            throws IOException, ServletException {
        Turn turn = new Turn();
        CompletableFuture<CachedResponse> others = begin(key, turn);
        Outcome outcome = turn.await(others, maximumWait);
        CachedResponse stored = outcome.response();
        if (outcome.mine()) {
            produce(key, turn, request, response, chain);
        } else if (stored != null && isFreshEnough(stored, wishes)) {
            delivery.send(stored, request, response);
        } else {
            pass(key, request, response, chain);
        }
    }

    /** A cache that fails, or is closed, leaves the request to the application. */
    private CompletableFuture<CachedResponse> begin(RequestKeys.Key key, Turn turn) {
        try {
            return region.getOrSetAsync(key.text(), (k, context) -> turn.load(context));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void produce(
            RequestKeys.Key key, Turn turn, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        delivery.mark(response, "MISS");
        CapturedBody body = new CapturedBody(response, largest, turn, () -> notForOthers.put(key.text(), true));
        CapturingResponse capture = new CapturingResponse(response, responses, dropped, turn, body);
        try {
            chain.doFilter(new ProducingRequest(request, key.visible(), capture), capture);
        } catch (Throwable t) {
            capture.abort(t);
            throw t;
        }
        if (capture.isAsync()) {
            return;
        }
        boolean heldBack = body.isHeldBack();
        CachedResponse produced = capture.finish();
        if (produced != null && heldBack) {
            delivery.sendProduced(produced, request, response);
        }
    }

    /** The application sees the same of every request that could have been answered from the cache. */
    private void pass(RequestKeys.Key key, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        delivery.mark(response, "MISS");
        Map<String, List<String>> visible = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        visible.putAll(key.visible());
        for (String name : CONDITIONS) {
            List<String> values = RequestKeys.values(request, name);
            if (!values.isEmpty()) {
                visible.put(name, values);
            }
        }
        chain.doFilter(new ProducingRequest(request, visible, null), response);
    }
}
