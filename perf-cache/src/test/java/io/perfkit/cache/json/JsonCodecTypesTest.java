package io.perfkit.cache.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.cache.json.Samples.Animal;
import io.perfkit.cache.json.Samples.Annotated;
import io.perfkit.cache.json.Samples.Anything;
import io.perfkit.cache.json.Samples.Bean;
import io.perfkit.cache.json.Samples.Bike;
import io.perfkit.cache.json.Samples.Booking;
import io.perfkit.cache.json.Samples.Box;
import io.perfkit.cache.json.Samples.Car;
import io.perfkit.cache.json.Samples.Card;
import io.perfkit.cache.json.Samples.Cat;
import io.perfkit.cache.json.Samples.Chars;
import io.perfkit.cache.json.Samples.Circle;
import io.perfkit.cache.json.Samples.Closed;
import io.perfkit.cache.json.Samples.Customer;
import io.perfkit.cache.json.Samples.Email;
import io.perfkit.cache.json.Samples.Figure;
import io.perfkit.cache.json.Samples.Immutable;
import io.perfkit.cache.json.Samples.Line;
import io.perfkit.cache.json.Samples.Linked;
import io.perfkit.cache.json.Samples.Maybe;
import io.perfkit.cache.json.Samples.Measure;
import io.perfkit.cache.json.Samples.MyList;
import io.perfkit.cache.json.Samples.Node;
import io.perfkit.cache.json.Samples.Operation;
import io.perfkit.cache.json.Samples.Paid;
import io.perfkit.cache.json.Samples.Payment;
import io.perfkit.cache.json.Samples.Person;
import io.perfkit.cache.json.Samples.Point;
import io.perfkit.cache.json.Samples.Raw;
import io.perfkit.cache.json.Samples.Row;
import io.perfkit.cache.json.Samples.Sets;
import io.perfkit.cache.json.Samples.Shouting;
import io.perfkit.cache.json.Samples.Sparse;
import io.perfkit.cache.json.Samples.Team;
import io.perfkit.cache.json.Samples.Texts;
import io.perfkit.cache.json.Samples.Transfer;
import io.perfkit.cache.json.Samples.Tree;
import io.perfkit.cache.json.Samples.Unwrapping;
import io.perfkit.cache.json.Samples.Vehicle;
import io.perfkit.cache.json.Samples.WithHidden;
import io.perfkit.cache.json.Samples.WithTransient;
import io.perfkit.cache.json.Samples.WriteOnly;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.net.URL;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.DayOfWeek;
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
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Calendar;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Currency;
import java.util.Date;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.GregorianCalendar;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What becomes of a value of each type on its way through the shared tier: the same, or nothing. */
class JsonCodecTypesTest {

    /** @param refusal "" if it comes back as it was; otherwise what is said, "region: …" or "store: …" */
    record Case(
            String name, JsonCodec<Object> codec, @Nullable Object value, String refusal) {
        @Override
        public String toString() {
            return name + (refusal.isEmpty() ? " comes back" : " is refused");
        }
    }

    private static final List<Case> CASES = new ArrayList<>();

    @SuppressWarnings("unchecked")
    private static void add(String name, JsonCodec<?> codec, Object value, String refusal) {
        CASES.add(
                new Case(name + " of " + value.getClass().getSimpleName(), (JsonCodec<Object>) codec, value, refusal));
    }

    private static <T> void same(Class<T> type, T value) {
        add(type.getSimpleName(), JsonCodec.of(type), value, "");
    }

    private static <T> void same(TypeReference<T> type, T value) {
        add(type.getType().getTypeName(), JsonCodec.of(type), value, "");
    }

    private static <T> void notShared(Class<T> type, T value, String why) {
        add(type.getSimpleName(), JsonCodec.of(type), value, "store: " + why);
    }

    private static <T> void notShared(TypeReference<T> type, T value, String why) {
        add(type.getType().getTypeName(), JsonCodec.of(type), value, "store: " + why);
    }

    @SuppressWarnings("unchecked")
    private static void noRegion(Class<?> type, String why) {
        CASES.add(new Case(type.getSimpleName(), (JsonCodec<Object>) JsonCodec.of(type), null, "region: " + why));
    }

    @SuppressWarnings("unchecked")
    private static void noRegion(TypeReference<?> type, String why) {
        CASES.add(
                new Case(type.getType().getTypeName(), (JsonCodec<Object>) JsonCodec.of(type), null, "region: " + why));
    }

    static List<Case> cases() throws Exception {
        CASES.clear();
        plainValues();
        times();
        formerTimes();
        sets();
        maps();
        listsAndArrays();
        references();
        classes();
        hierarchies();
        undeclared();
        mappers();
        return CASES;
    }

    private static void plainValues() throws Exception {
        same(String.class, "größe \u0000 \u2028 😀");
        same(String.class, "half a \ud83d");
        same(Boolean.class, true);
        same(Byte.class, Byte.MIN_VALUE);
        same(Short.class, Short.MIN_VALUE);
        same(Integer.class, Integer.MIN_VALUE);
        same(Long.class, Long.MAX_VALUE);
        same(Character.class, '\u0000');
        same(Character.class, 'ß');
        for (float f : new float[] {Float.NaN, Float.NEGATIVE_INFINITY, Float.MIN_VALUE, -0f, 0.1f}) {
            same(Float.class, f);
        }
        for (double d : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.MIN_VALUE, -0d, 0.1, 1e300}) {
            same(Double.class, d);
        }
        for (String number : List.of("1", "1.0", "1.10", "1E+3", "-0.000", "1E-400", "9.99E+9999")) {
            same(BigDecimal.class, new BigDecimal(number));
        }
        same(BigInteger.class, BigInteger.TWO.pow(3_000));
        notShared(BigInteger.class, BigInteger.TWO.pow(30_000), "cannot be read back");
        same(UUID.class, UUID.fromString("123e4567-e89b-12d3-a456-426614174000"));
        same(URI.class, URI.create("http://example.org/a?b=%20#c"));
        same(URL.class, new URL("http://no-such-host.invalid/"));
        same(Currency.class, Currency.getInstance("EUR"));
        same(Locale.class, Locale.GERMANY);
        same(Locale.class, Locale.forLanguageTag("zh-Hant-TW"));
        same(Locale.class, Locale.ROOT);
        same(Charset.class, StandardCharsets.ISO_8859_1);
        same(Pattern.class, Pattern.compile("a+"));
        notShared(Pattern.class, Pattern.compile("a+", Pattern.CASE_INSENSITIVE), "would come back as another one");
        same(AtomicLong.class, new AtomicLong(7));
        same(DayOfWeek.class, DayOfWeek.SUNDAY);
        same(Operation.class, Operation.MINUS);
        noRegion(BitSet.class, "java.util.BitSet");
        noRegion(InetAddress.class, "java.net.InetAddress");
        noRegion(Class.class, "java.lang.Class");
        noRegion(Thread.class, "java.lang.Thread");
    }

    private static void times() {
        same(Instant.class, Instant.parse("2026-01-01T00:00:00.123456789Z"));
        same(Instant.class, Instant.MAX);
        same(Instant.class, Instant.MIN);
        same(LocalDate.class, LocalDate.MIN);
        same(LocalDate.class, LocalDate.MAX);
        same(LocalTime.class, LocalTime.MAX);
        same(LocalDateTime.class, LocalDateTime.MAX);
        same(OffsetDateTime.class, OffsetDateTime.parse("2026-01-01T00:30+02:00"));
        same(OffsetDateTime.class, OffsetDateTime.parse("2026-01-01T00:30:00.000000001-11:59:59"));
        same(OffsetDateTime.class, OffsetDateTime.MIN);
        same(OffsetDateTime.class, OffsetDateTime.MAX);
        same(OffsetTime.class, OffsetTime.parse("23:59:59.000000001+05:30"));
        for (String time : List.of(
                "2026-10-25T02:30+01:00[Europe/Berlin]",
                "2026-10-25T02:30+02:00[Europe/Berlin]",
                "2026-01-01T00:00+05:45[Asia/Kathmandu]",
                "2026-01-01T00:00Z",
                "2026-01-01T00:00Z[UTC]",
                "2026-01-01T00:00+03:00[GMT+03:00]",
                "2026-01-01T00:00-03:30")) {
            same(ZonedDateTime.class, ZonedDateTime.parse(time));
        }
        same(ZoneId.class, ZoneId.of("Europe/Berlin"));
        same(ZoneId.class, ZoneOffset.ofHours(3));
        same(ZoneOffset.class, ZoneOffset.ofHoursMinutesSeconds(-1, -2, -3));
        same(Duration.class, Duration.ofSeconds(-3, 999_999_999));
        same(Duration.class, Duration.ofSeconds(Long.MAX_VALUE, 999_999_999));
        same(Duration.class, Duration.ofSeconds(Long.MIN_VALUE));
        same(Period.class, Period.of(1, 14, -3));
        same(Year.class, Year.of(-44));
        same(Year.class, Year.of(Year.MAX_VALUE));
        same(YearMonth.class, YearMonth.of(2026, 2));
        same(YearMonth.class, YearMonth.of(12_026, 2));
        same(YearMonth.class, YearMonth.of(-1, 2));
        same(MonthDay.class, MonthDay.of(2, 29));
        same(Booking.class, new Booking(1, OffsetDateTime.parse("2026-01-01T00:30+02:00")));
        same(
                new TypeReference<Map<ZonedDateTime, LocalDate>>() {},
                Map.of(ZonedDateTime.parse("2026-10-25T02:30+02:00[Europe/Berlin]"), LocalDate.EPOCH));
    }

    private static void formerTimes() {
        same(Date.class, new Date(1_234_567_890_123L));
        notShared(Date.class, new Timestamp(1), "java.sql.Timestamp and would come back as a java.util.Date");
        Timestamp nanos = new Timestamp(1);
        nanos.setNanos(1_234);
        notShared(Timestamp.class, nanos, "would come back as another one");
        same(TimeZone.class, TimeZone.getTimeZone("Europe/Berlin"));
        Calendar here = new GregorianCalendar(TimeZone.getTimeZone("Asia/Tokyo"), Locale.JAPAN);
        notShared(Calendar.class, here, "would come back as another one");
    }

    private static void sets() {
        LinkedHashSet<String> ordered = new LinkedHashSet<>(List.of("best", "second", "third", "fourth"));
        same(new TypeReference<Set<String>>() {}, ordered);
        same(new TypeReference<LinkedHashSet<String>>() {}, ordered);
        same(new TypeReference<HashSet<String>>() {}, ordered);
        same(new TypeReference<Set<String>>() {}, Set.of("a", "b", "c"));
        same(new TypeReference<Set<String>>() {}, new TreeSet<>(ordered));
        same(new TypeReference<SortedSet<String>>() {}, new TreeSet<>(ordered));
        TreeSet<String> reverse = new TreeSet<>(Comparator.reverseOrder());
        reverse.addAll(ordered);
        notShared(new TypeReference<Set<String>>() {}, reverse, "would lose its comparator");
        notShared(new TypeReference<TreeSet<String>>() {}, reverse, "would lose its comparator");
        same(new TypeReference<EnumSet<Operation>>() {}, EnumSet.of(Operation.MINUS));
        same(new TypeReference<EnumSet<Operation>>() {}, EnumSet.noneOf(Operation.class));
        same(new TypeReference<Set<Operation>>() {}, EnumSet.allOf(Operation.class));
        Sets hashed = new Sets();
        hashed.set = new LinkedHashSet<>(ordered);
        hashed.map = new LinkedHashMap<>(Map.of("z", 1));
        hashed.map.put("a", 2);
        same(Sets.class, hashed);
    }

    private static void maps() {
        LinkedHashMap<String, Integer> ordered = new LinkedHashMap<>();
        ordered.put("z", 1);
        ordered.put("", null);
        ordered.put("a", 3);
        same(new TypeReference<Map<String, Integer>>() {}, ordered);
        same(new TypeReference<HashMap<String, Integer>>() {}, ordered);
        Map<String, Integer> withNull = new HashMap<>();
        withNull.put(null, 1);
        notShared(new TypeReference<Map<String, Integer>>() {}, withNull, "");
        same(new TypeReference<SortedMap<String, Integer>>() {}, new TreeMap<>(Map.of("b", 1, "a", 2)));
        TreeMap<String, Integer> ignoringCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        ignoringCase.put("A", 1);
        notShared(new TypeReference<Map<String, Integer>>() {}, ignoringCase, "would lose its comparator");
        notShared(new TypeReference<NavigableMap<String, Integer>>() {}, ignoringCase, "would lose its comparator");
        notShared(Texts.class, new Texts(new TreeMap<>(String.CASE_INSENSITIVE_ORDER)), "the value.byName");
        same(new TypeReference<Map<Long, Point>>() {}, Map.of(5L, new Point(1, 2), -7L, new Point(3, 4)));
        same(new TypeReference<Map<UUID, String>>() {}, Map.of(new UUID(1, 2), "x"));
        same(new TypeReference<Map<BigDecimal, String>>() {}, Map.of(new BigDecimal("1.10"), "x"));
        same(new TypeReference<Map<Double, String>>() {}, Map.of(Double.NaN, "x", 0.1, "y"));
        same(new TypeReference<Map<Boolean, String>>() {}, Map.of(true, "x"));
        same(new TypeReference<Map<LocalDate, String>>() {}, Map.of(LocalDate.MAX, "x"));
        same(new TypeReference<Map<Operation, String>>() {}, Map.of(Operation.MINUS, "x"));
        same(new TypeReference<EnumMap<Operation, String>>() {}, new EnumMap<>(Map.of(Operation.MINUS, "x")));
        same(
                new TypeReference<ConcurrentHashMap<String, String>>() {},
                new ConcurrentHashMap<>(Map.of("a", "b", "c", "d")));
        same(new TypeReference<Map<String, String>>() {}, new ConcurrentHashMap<>(Map.of("a", "b")));
        same(new TypeReference<Map<Email, String>>() {}, Map.of(new Email("a@b"), "x"));
        noRegion(
                new TypeReference<Map<Point, String>>() {}, "is no type that JSON can write as the name of a property");
        noRegion(new TypeReference<Map<Number, String>>() {}, "java.lang.Number");
        IdentityHashMap<String, String> identity = new IdentityHashMap<>(Map.of("a", "b"));
        notShared(new TypeReference<Map<String, String>>() {}, identity, "by identity");
        Properties properties = new Properties();
        properties.setProperty("a", "b");
        same(Properties.class, properties);
        notShared(Properties.class, new Properties(properties), "would lose its defaults");
    }

    private static void listsAndArrays() {
        same(new TypeReference<List<Point>>() {}, List.of(new Point(1, 2)));
        same(new TypeReference<List<Point>>() {}, Arrays.asList(new Point(1, 2), null));
        same(new TypeReference<List<Point>>() {}, Collections.emptyList());
        same(new TypeReference<List<? extends Point>>() {}, List.of(new Point(1, 2)));
        same(new TypeReference<List<List<Long>>>() {}, List.of(List.of(1L), List.of()));
        same(new TypeReference<Collection<String>>() {}, List.of("a", "a"));
        notShared(new TypeReference<Collection<String>>() {}, Set.of("a"), "would come back as a java.util.ArrayList");
        noRegion(new TypeReference<Iterable<String>>() {}, "has no JSON from which the same would come back");
        notShared(new TypeReference<Deque<String>>() {}, new ArrayDeque<>(List.of("a")), "java.util.ArrayDeque");
        same(new TypeReference<ArrayDeque<String>>() {}, new ArrayDeque<>(List.of("a", "b")));
        PriorityQueue<String> queue = new PriorityQueue<>(Comparator.reverseOrder());
        queue.add("a");
        notShared(new TypeReference<PriorityQueue<String>>() {}, queue, "would lose its comparator");
        MyList own = new MyList();
        own.add("a");
        same(MyList.class, own);
        MyList anonymous = new MyList() {};
        notShared(MyList.class, anonymous, "MyList");
        same(int[].class, new int[] {1, -2});
        same(long[][].class, new long[][] {{1}, {}});
        same(double[].class, new double[] {Double.NaN, -0d});
        same(boolean[].class, new boolean[] {true});
        same(char[].class, "a\u0000ß".toCharArray());
        same(Point[].class, new Point[] {new Point(1, 2), null});
        add("Chars", JsonCodec.of(Chars.class), new Chars("ab".toCharArray(), new byte[] {0, -1}), "");
        same(new TypeReference<List<byte[]>>() {}, List.of(new byte[] {1, -1}));
        noRegion(List.class, "java.lang.Object");
        noRegion(Map.class, "java.lang.Object");
        noRegion(Raw.class, "the value.list[]");
        noRegion(new TypeReference<List<Object>>() {}, "java.lang.Object");
        noRegion(new TypeReference<List<?>>() {}, "java.lang.Object");
        noRegion(new TypeReference<Map<String, Object>>() {}, "java.lang.Object");
        noRegion(Object[].class, "java.lang.Object");
    }

    private static void references() {
        same(new TypeReference<Optional<Point>>() {}, Optional.of(new Point(1, 2)));
        same(new TypeReference<Optional<Point>>() {}, Optional.empty());
        same(new TypeReference<Optional<Optional<String>>>() {}, Optional.of(Optional.empty()));
        notShared(new TypeReference<Optional<Optional<String>>>() {}, Optional.empty(), "the value is null");
        same(new TypeReference<Optional<Optional<String>>>() {}, Optional.of(Optional.of("x")));
        same(new TypeReference<List<OptionalInt>>() {}, List.of(OptionalInt.of(3), OptionalInt.empty()));
        same(OptionalInt.class, OptionalInt.of(0));
        same(Maybe.class, new Maybe(Optional.empty()));
        notShared(Maybe.class, new Maybe(null), "the value.name is null");
        add(
                "AtomicReference",
                JsonCodec.of(new TypeReference<Box<AtomicReference<Point>>>() {}),
                new Box<>(new AtomicReference<>(new Point(1, 2))),
                "");
        noRegion(Optional.class, "java.lang.Object");
    }

    private static void classes() {
        same(Point.class, new Point(1, -2));
        same(Line.class, new Line(new Point(1, 2), null, List.of(new Point(3, 4))));
        same(new TypeReference<Box<List<Point>>>() {}, new Box<>(List.of(new Point(1, 2))));
        noRegion(Box.class, "the value.content is a java.lang.Object");
        same(Tree.class, new Tree("a", List.of(new Tree("b", List.of()))));
        same(Sparse.class, new Sparse(null, 1));
        same(Email.class, new Email("a@b"));
        Person person = new Person();
        person.name = "x";
        same(Person.class, person);
        Unwrapping unwrapping = new Unwrapping();
        unwrapping.person = person;
        same(Unwrapping.class, unwrapping);
        Bean bean = new Bean();
        bean.setName("x");
        bean.setCount(3);
        same(Bean.class, bean);
        same(Immutable.class, new Immutable("x", 3));
        same(Annotated.class, new Annotated("x"));
        noRegion(Closed.class, "has no constructor that Jackson can call");
        noRegion(Samples.Inner.class, "has no constructor that Jackson can call");
        WithTransient cached = new WithTransient();
        cached.a = 1;
        same(WithTransient.class, cached);
        same(WithHidden.class, new WithHidden());
        notShared(WithHidden.class, new WithHidden().hide(3), "the value.hidden");
        Row row = new Row();
        row.id = 1;
        same(Row.class, row);
        Row noted = new Row();
        noted.note = "n";
        notShared(Row.class, noted, "the value.note would come back as null");
        WriteOnly secret = new WriteOnly();
        secret.password = "p";
        notShared(WriteOnly.class, secret, "the value.password would come back as null");
        Shouting shouting = new Shouting();
        shouting.setName("x");
        notShared(Shouting.class, shouting, "the value.name");
        Node cycle = new Node();
        cycle.next = cycle;
        notShared(Node.class, cycle, "");
        Linked linked = new Linked();
        linked.next = linked;
        add("Linked", JsonCodec.of(Linked.class), linked, "");
    }

    private static void hierarchies() {
        Customer customer = new Customer();
        customer.discount = 30;
        notShared(
                Person.class,
                customer,
                "the value is a " + Customer.class.getName() + " and would come back as a " + Person.class.getName());
        notShared(Person.class, new Person() {}, "would come back as a " + Person.class.getName());
        Team team = new Team();
        team.members.add(customer);
        notShared(Team.class, team, "cannot be read back");
        same(Payment.class, new Card("4711"));
        same(Payment.class, new Transfer("DE", 5));
        same(Paid.class, new Paid(List.of(new Transfer("DE", 5), new Card("4711"))));
        same(new TypeReference<List<Payment>>() {}, List.of(new Card("1")));
        same(Vehicle.class, new Car(3));
        notShared(Vehicle.class, new Bike(3), "");
        same(Cat.class, new Cat("x"));
        noRegion(Animal.class, "declare its subtypes with @JsonTypeInfo");
        noRegion(Figure.class, "declare its subtypes with @JsonTypeInfo");
        noRegion(new TypeReference<List<Figure>>() {}, "the value[]");
        same(Circle.class, new Circle(1));
    }

    private static void undeclared() {
        noRegion(Object.class, "java.lang.Object");
        noRegion(Number.class, "java.lang.Number");
        noRegion(CharSequence.class, "java.lang.CharSequence");
        noRegion(Comparable.class, "java.lang.Comparable");
        noRegion(Measure.class, "the value.value is a java.lang.Number");
        noRegion(Anything.class, "the value.value is a java.lang.Object");
        noRegion(Runnable.class, "java.lang.Runnable");
    }

    private static void mappers() throws Exception {
        JsonMapper mapper = new JsonMapper();
        add("JsonNode", JsonCodec.of(JsonNode.class), mapper.readTree("{\"a\":[1,2.50,null,\"x\"]}"), "");
        JsonCodec<Map<String, Object>> own = JsonCodec.of(new TypeReference<>() {}, mapper);
        add("own mapper", own, Map.of("a", 1, "b", List.of("x", true)), "");
        add(
                "own mapper",
                own,
                Map.of("a", 1L),
                "store: the value[a] is a java.lang.Long and would come back as a " + "java.lang.Integer");
        JsonCodec<OffsetDateTime> times = JsonCodec.of(new TypeReference<>() {}, mapper);
        add("own mapper", times, OffsetDateTime.parse("2026-01-01T00:30+02:00"), "store: another one");
    }

    private static String refusal(Case c) throws Exception {
        String objection = c.codec.objection();
        if (objection != null) {
            return "region: " + objection;
        }
        try {
            c.codec.check(c.value, c.codec.encode(c.value));
            return "";
        } catch (Exception | StackOverflowError e) {
            return "store: " + e;
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void value_throughTheCodec_isTheSameOrRefusedWithTheReason(Case c) throws Exception {
        String refusal = refusal(c);
        if (!c.refusal.isEmpty()) {
            String[] expected = c.refusal.split(": ", 2);
            assertThat(refusal).startsWith(expected[0] + ": ").contains(expected[1]);
            return;
        }
        assertThat(refusal).isEmpty();
        assertSame(c.codec.decode(c.codec.encode(c.value)), c.value);
    }

    /** As a user sees it, not as the codec does. */
    private static void assertSame(Object read, Object put) {
        if (put instanceof URL || put instanceof AtomicLong || put instanceof Pattern) {
            assertThat(read).hasSameClassAs(put).hasToString(put.toString());
        } else if (put instanceof Map<?, ?> map) {
            assertThat(read.equals(put) && put.equals(read)).isTrue();
            if (map instanceof LinkedHashMap || map instanceof TreeMap) {
                assertThat(List.copyOf(texts(((Map<?, ?>) read).keySet()))).isEqualTo(texts(map.keySet()));
            }
        } else if (put instanceof ArrayDeque<?> deque) {
            assertThat(List.copyOf((ArrayDeque<?>) read)).isEqualTo(List.copyOf(deque));
        } else if (put instanceof Set<?> set) {
            assertThat(read.equals(put) && put.equals(read)).isTrue();
            if (!(set instanceof HashSet) || set instanceof LinkedHashSet) {
                assertThat(texts((Set<?>) read)).isEqualTo(texts(set));
            }
        } else if (put.getClass().isArray() || isComparable(put)) {
            assertThat(read).hasSameClassAs(put).isEqualTo(put);
        } else {
            assertThat(read).usingRecursiveComparison().isEqualTo(put);
        }
    }

    private static boolean isComparable(Object put) {
        return SameValue.isOfTheJdk(put.getClass()) && !(put instanceof Collection) && !(put instanceof Optional);
    }

    private static List<String> texts(Collection<?> collection) {
        return collection.stream().map(String::valueOf).toList();
    }
}
