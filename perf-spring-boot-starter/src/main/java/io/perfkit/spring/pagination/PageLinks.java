package io.perfkit.spring.pagination;

import io.perfkit.pagination.CursorPage;
import io.perfkit.pagination.LinkHeader;
import io.perfkit.pagination.OffsetPage;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;
import org.springframework.web.util.UriComponentsBuilder;

/** Adds a {@code Link} header to an answer that is a page, unless the controller has set one. */
@ControllerAdvice
final class PageLinks implements ResponseBodyAdvice<Object> {

    private final int defaultSize;

    PageLinks(int defaultSize) {
        this.defaultSize = defaultSize;
    }

    @Override
    public boolean supports(MethodParameter returned, Class<? extends HttpMessageConverter<?>> converter) {
        return true;
    }

    @Override
    public @Nullable Object beforeBodyWrite(
            @Nullable Object body,
            MethodParameter returned,
            MediaType type,
            Class<? extends HttpMessageConverter<?>> converter,
            ServerHttpRequest request,
            ServerHttpResponse response) {
        if (response.getHeaders().containsHeader(HttpHeaders.LINK)) {
            return body;
        }
        if (body instanceof CursorPage<?> page) {
            response.getHeaders().set(HttpHeaders.LINK, LinkHeader.of(page, request.getURI(), size(request)));
        } else if (body instanceof OffsetPage<?> page) {
            response.getHeaders().set(HttpHeaders.LINK, LinkHeader.of(page, request.getURI()));
        }
        return body;
    }

    private int size(ServerHttpRequest request) {
        var parameters = UriComponentsBuilder.fromUri(request.getURI()).build().getQueryParams();
        for (String name : new String[] {"first", "last"}) {
            String text = parameters.getFirst(name);
            if (text != null) {
                try {
                    return Math.max(1, Integer.parseInt(text));
                } catch (NumberFormatException notReadHere) {
                    return defaultSize;
                }
            }
        }
        return defaultSize;
    }
}
