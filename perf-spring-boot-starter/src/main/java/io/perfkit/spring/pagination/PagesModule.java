package io.perfkit.spring.pagination;

import io.perfkit.pagination.CursorPage;
import io.perfkit.pagination.OffsetPage;
import io.perfkit.pagination.RelayConnection;
import io.perfkit.pagination.Tristate;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.module.SimpleModule;

/** Writes pages as JSON, wherever in an answer they stand. */
final class PagesModule extends SimpleModule {

    private static final long serialVersionUID = 1L;

    PagesModule(PaginationProperties.Format format) {
        super("perfkit-pages");
        addSerializer(new ValueSerializer<CursorPage<?>>() {
            @Override
            public Class<?> handledType() {
                return CursorPage.class;
            }

            @Override
            public void serialize(CursorPage<?> page, JsonGenerator out, SerializationContext context) {
                context.writeValue(
                        out, format == PaginationProperties.Format.RELAY ? RelayConnection.of(page) : plain(page));
            }
        });
        addSerializer(new ValueSerializer<OffsetPage<?>>() {
            @Override
            public Class<?> handledType() {
                return OffsetPage.class;
            }

            @Override
            public void serialize(OffsetPage<?> page, JsonGenerator out, SerializationContext context) {
                context.writeValue(out, page.toMap());
            }
        });
    }

    private static Map<String, @Nullable Object> plain(CursorPage<?> page) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("items", page.items());
        map.put("next", page.next().orElse(null));
        map.put("previous", page.previous().orElse(null));
        map.put("hasNext", known(page.hasNext()));
        map.put("hasPrevious", known(page.hasPrevious()));
        page.total().exact().ifPresent(rows -> map.put("total", rows));
        return map;
    }

    /** What nobody looked for is null. */
    private static @Nullable Boolean known(Tristate answer) {
        return answer == Tristate.UNKNOWN ? null : (Boolean) answer.isYes();
    }
}
