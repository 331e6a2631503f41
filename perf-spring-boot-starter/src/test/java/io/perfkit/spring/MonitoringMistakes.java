package io.perfkit.spring;

import io.perfkit.monitoring.Monitored;

/** Methods that are to be timed, and cannot be. */
class MonitoringMistakes {

    static class PrivateTimed {
        @Monitored
        private void find() {}
    }

    static class FinalTimed {
        @Monitored
        public final void find() {}
    }

    static final class FinalTimedClass {
        @Monitored
        public void find() {}
    }

    static class SoonSlow {
        @Monitored(slowAfter = "soon")
        public void find() {}
    }
}
