package io.perfkit.cache.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Currency;
import java.util.LinkedList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Types of the JDK whose values come back from JSON. A type of the JDK that is not in here is refused. */
final class KnownTypes {

    /** Whatever their value. */
    static final Set<Class<?>> ALWAYS_SAME = Set.of(
            boolean.class,
            Boolean.class,
            byte.class,
            Byte.class,
            short.class,
            Short.class,
            char.class,
            Character.class,
            int.class,
            Integer.class,
            long.class,
            Long.class,
            float.class,
            Float.class,
            double.class,
            Double.class,
            String.class,
            BigDecimal.class,
            BigInteger.class,
            UUID.class,
            URI.class,
            Currency.class,
            Instant.class,
            LocalDate.class,
            LocalTime.class,
            LocalDateTime.class,
            OffsetDateTime.class,
            OffsetTime.class,
            ZoneOffset.class,
            Duration.class,
            Period.class,
            Year.class,
            YearMonth.class,
            MonthDay.class);

    /** Or nearly: some values do not, and each is looked at. By name, because some are in modules that may be absent. */
    static final Set<String> MOSTLY_SAME = Set.of(
            "java.time.ZonedDateTime",
            "java.time.ZoneId",
            "java.util.Date",
            "java.util.Calendar",
            "java.util.GregorianCalendar",
            "java.util.TimeZone",
            "java.util.Locale",
            "java.util.OptionalInt",
            "java.util.OptionalLong",
            "java.util.OptionalDouble",
            "java.util.concurrent.atomic.AtomicBoolean",
            "java.util.concurrent.atomic.AtomicInteger",
            "java.util.concurrent.atomic.AtomicLong",
            "java.util.regex.Pattern",
            "java.nio.charset.Charset",
            "java.net.URL",
            "java.lang.StringBuilder",
            "java.lang.StringBuffer",
            "java.sql.Date",
            "java.sql.Timestamp");

    /** To those who use them as lists, all are alike. */
    static final Set<Class<?>> LISTS = Set.of(List.class, ArrayList.class, LinkedList.class);

    private KnownTypes() {}
}
