package io.perfkit.spring.pagination;

import io.perfkit.pagination.CursorRequest;
import io.perfkit.pagination.RelayRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/**
 * Reads {@code ?first=&after=&last=&before=}, and {@code ?page=&per_page=}. What a client does wrong is refused and never
 * silently corrected.
 */
final class PageArguments implements HandlerMethodArgumentResolver {

    private final int defaultSize;

    PageArguments(int defaultSize) {
        this.defaultSize = defaultSize;
    }

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        Class<?> type = parameter.getParameterType();
        return type == CursorRequest.class || type == RelayRequest.class || type == PageRequest.class;
    }

    @Override
    public Object resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binders) {
        Class<?> type = parameter.getParameterType();
        if (type == PageRequest.class) {
            return numbered(request);
        }
        return type == RelayRequest.class ? relay(request) : cursor(request);
    }

    private static CursorRequest cursor(NativeWebRequest request) {
        Integer first = number(request, "first");
        Integer last = number(request, "last");
        String after = text(request, "after");
        String before = text(request, "before");
        boolean backward = last != null || (first == null && before != null);
        if (first != null && last != null) {
            throw new BadPageException("first and last exclude each other: the one walks forward, the other back.");
        }
        if (backward ? after != null : before != null) {
            throw new BadPageException("after belongs to first, and before to last.");
        }
        return backward
                ? (last == null ? CursorRequest.last() : CursorRequest.last(last)).before(before)
                : (first == null ? CursorRequest.first() : CursorRequest.first(first)).after(after);
    }

    private static RelayRequest relay(NativeWebRequest request) {
        return RelayRequest.builder()
                .first(number(request, "first"))
                .after(text(request, "after"))
                .last(number(request, "last"))
                .before(text(request, "before"))
                .build();
    }

    private PageRequest numbered(NativeWebRequest request) {
        Integer page = number(request, "page");
        Integer size = number(request, "per_page");
        if (page != null && page < 1) {
            throw new BadPageException("page must be at least 1, but was " + page + ".");
        }
        if (size != null && size < 1) {
            throw new BadPageException("per_page must be at least 1, but was " + size + ".");
        }
        return new PageRequest(page == null ? 1 : page, size == null ? defaultSize : size);
    }

    static @Nullable Integer number(NativeWebRequest request, String name) {
        String text = text(request, name);
        if (text == null) {
            return null;
        }
        try {
            return Integer.valueOf(text);
        } catch (NumberFormatException notANumber) {
            throw new BadPageException(name + " must be a whole number.");
        }
    }

    private static @Nullable String text(NativeWebRequest request, String name) {
        String[] values = request.getParameterValues(name);
        if (values != null && values.length > 1) {
            throw new BadPageException(name + " must be given once only.");
        }
        return values == null ? null : values[0];
    }
}
