package io.perfkit.spring;

import io.perfkit.spring.batching.BatchLoader;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Loaders that are wrong, each in one way. */
class BatchMistakes {

    static class Right {
        @BatchLoader("right")
        public Map<Long, String> load(Set<Long> keys) {
            return Map.of();
        }
    }

    static class RightAgain {
        @BatchLoader("right")
        public Map<Long, String> loadAgain(Set<Long> keys) {
            return Map.of();
        }
    }

    static class NoParameter {
        @BatchLoader
        public Map<Long, String> load() {
            return Map.of();
        }
    }

    static class TwoParameters {
        @BatchLoader
        public Map<Long, String> load(Set<Long> keys, String more) {
            return Map.of();
        }
    }

    static class ListOfASet {
        @BatchLoader
        public List<String> load(Set<Long> keys) {
            return List.of();
        }
    }

    static class OneKey {
        @BatchLoader
        public Map<Long, String> load(Long key) {
            return Map.of();
        }
    }

    static class PrivateLoader {
        @BatchLoader
        private Map<Long, String> load(Set<Long> keys) {
            return Map.of();
        }
    }

    static class StaticLoader {
        @BatchLoader
        public static Map<Long, String> load(Set<Long> keys) {
            return Map.of();
        }
    }

    static class FinalLoader {
        @BatchLoader
        public final Map<Long, String> load(Set<Long> keys) {
            return Map.of();
        }
    }

    static class RawTypes {
        @BatchLoader
        @SuppressWarnings("rawtypes")
        public Map load(Set keys) {
            return Map.of();
        }
    }

    static class OtherKeys {
        @BatchLoader
        public Map<String, String> load(Set<Long> keys) {
            return Map.of();
        }
    }
}
