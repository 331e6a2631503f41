package io.perfkit.cache.json;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIdentityInfo;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.annotation.ObjectIdGenerators;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The kinds of classes that applications keep in caches. */
final class Samples {

    private Samples() {}

    record Point(int x, int y) {}

    record Line(Point from, Point to, List<Point> between) {}

    record Booking(long id, OffsetDateTime from) {}

    record Box<T>(T content) {}

    record Measure(Number value) {}

    record Anything(Object value) {}

    record Texts(Map<String, String> byName) {}

    record Maybe(Optional<String> name) {}

    record Chars(char[] chars, byte[] bytes) {}

    /** Its equals looks at the id only, as that of many rows does. */
    static final class Row {
        public long id;
        public @Nullable String name;

        @JsonIgnore
        public @Nullable String note;

        @Override
        public boolean equals(Object other) {
            return other instanceof Row row && row.id == id;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(id);
        }
    }

    static class Person {
        public @Nullable String name;
    }

    static class Customer extends Person {
        public int discount;
    }

    static class Team {
        public List<Person> members = new ArrayList<>();
    }

    enum Operation {
        PLUS {
            @Override
            int apply(int a, int b) {
                return a + b;
            }
        },
        MINUS {
            @Override
            int apply(int a, int b) {
                return a - b;
            }
        };

        abstract int apply(int a, int b);
    }

    interface Animal {}

    record Cat(String name) implements Animal {}

    sealed interface Figure permits Circle, Square {}

    record Circle(double radius) implements Figure {}

    record Square(double side) implements Figure {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({@JsonSubTypes.Type(Card.class), @JsonSubTypes.Type(Transfer.class)})
    sealed interface Payment permits Card, Transfer {}

    record Card(String number) implements Payment {}

    record Transfer(String iban, long cents) implements Payment {}

    record Paid(List<Payment> payments) {}

    /** A subtype that is not declared. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes(@JsonSubTypes.Type(Car.class))
    interface Vehicle {}

    record Car(int doors) implements Vehicle {}

    record Bike(int gears) implements Vehicle {}

    /** As Kotlin writes a class: the parameters' names are in the class file. */
    static final class Immutable {
        private final String name;
        private final int count;

        public Immutable(String name, int count) {
            this.name = name;
            this.count = count;
        }

        public String getName() {
            return name;
        }

        public int getCount() {
            return count;
        }
    }

    static final class Closed {
        private final String name;

        private Closed(String name, boolean ignored) {
            this.name = name;
        }

        private Closed(StringBuilder name, String other) {
            this.name = name + other;
        }

        static Closed of(String name) {
            return new Closed(name, true);
        }

        public String getName() {
            return name;
        }
    }

    static final class Annotated {
        private final String name;

        @JsonCreator
        Annotated(@JsonProperty("n") String name) {
            this.name = name;
        }

        @JsonProperty("n")
        String name() {
            return name;
        }
    }

    static class Bean {
        private @Nullable String name;
        private int count;

        public @Nullable String getName() {
            return name;
        }

        public void setName(@Nullable String name) {
            this.name = name;
        }

        public int getCount() {
            return count;
        }

        public void setCount(int count) {
            this.count = count;
        }

        /** Computed, without a field. */
        public String getTitle() {
            return name + " x " + count;
        }
    }

    static class WithTransient {
        public int a;
        public transient int cached;
    }

    /** What is written nowhere. */
    static class WithHidden {
        public int a;
        private int hidden;

        WithHidden hide(int value) {
            hidden = value;
            return this;
        }

        int hidden() {
            return hidden;
        }
    }

    static class WriteOnly {
        public @Nullable String user;

        @JsonProperty(access = JsonProperty.Access.WRITE_ONLY)
        public @Nullable String password;
    }

    /** Its getter is not its field. */
    static class Shouting {
        private @Nullable String name;

        public String getName() {
            return name + "!";
        }

        public void setName(String name) {
            this.name = name;
        }
    }

    static class Node {
        public @Nullable Node next;
        public int id;
    }

    @JsonIdentityInfo(generator = ObjectIdGenerators.PropertyGenerator.class, property = "id")
    static class Linked {
        public @Nullable Linked next;
        public int id;
    }

    record Tree(String name, List<Tree> children) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Sparse(@Nullable String a, @Nullable Integer b) {}

    record Email(@JsonValue String text) {
        @JsonCreator
        static Email of(String text) {
            return new Email(text);
        }
    }

    static class Unwrapping {
        public int id;

        @JsonUnwrapped
        public @Nullable Person person;
    }

    static class Sets {
        public HashSet<String> set = new HashSet<>();
        public HashMap<String, Integer> map = new HashMap<>();
    }

    static class MyList extends ArrayList<String> {
        private static final long serialVersionUID = 1L;
    }

    class Inner {
        public int a;
    }

    @SuppressWarnings("rawtypes")
    record Raw(List list) {}
}
