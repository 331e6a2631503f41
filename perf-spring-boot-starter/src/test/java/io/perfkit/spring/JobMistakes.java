package io.perfkit.spring;

import io.perfkit.spring.jobs.HandlesJob;

/** Handlers of jobs that are wrong, each in one way. */
class JobMistakes {

    record Report(int year) {}

    static class Right {
        @HandlesJob
        public void report(Report report) {}
    }

    static class RightAgain {
        @HandlesJob
        public void reportAgain(Report report) {}
    }

    static class NoPayload {
        @HandlesJob
        public void report() {}
    }

    static class TwoPayloads {
        @HandlesJob
        public void report(Report report, String more) {}
    }

    static class NumberPayload {
        @HandlesJob
        public void report(long id) {}
    }

    static class PrivateHandler {
        @HandlesJob
        private void report(Report report) {}
    }

    static class VersionZero {
        @HandlesJob(version = 0)
        public void report(Report report) {}
    }
}
