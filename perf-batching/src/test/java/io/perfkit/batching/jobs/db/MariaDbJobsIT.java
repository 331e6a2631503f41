package io.perfkit.batching.jobs.db;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What MariaDB does in its own way: locks, times, and how jobs are picked. */
class MariaDbJobsIT {
    private final MariaDbJobQueueIT contract = new MariaDbJobQueueIT();

    @BeforeAll
    static void createTables() {
        MariaDbJobQueueIT.createTables();
    }

    @AfterEach
    void close() {
        contract.closeAll();
    }

    @Test
    void submit_inATransaction_locksOutNobody() throws Exception {
        contract.submit_inATransaction_runsOnceItIsCommittedAndNotBefore();
    }

    @Test
    void submit_withAKeyThatAnOpenTransactionHolds_waitsForItsEnd() throws Exception {
        contract.submit_withAKeyThatAnOpenTransactionHolds_waitsForItsEnd();
    }

    @Test
    void job_whoseWorkerDied_isTakenUp() throws Exception {
        contract.job_whoseWorkerDied_isTakenUpAndTheDeathCounts();
    }

    @Test
    void attempt_whoseJobWasGivenToAnother_changesNothing() throws Exception {
        contract.attempt_whoseJobWasGivenToAnother_changesNothing();
    }

    @Test
    void payload_ofAnyCharacters_comesBackAsItWas() {
        contract.payload_ofAnyCharacters_comesBackAsItWas();
    }

    @Test
    void endedJobs_pastTheirRetention_areRemoved() throws Exception {
        contract.endedJobs_pastTheirRetention_areRemoved();
    }

    @Test
    void row_thatSomebodyHasLocked_holdsUpNoCancellation() throws Exception {
        contract.row_thatSomebodyHasLocked_holdsUpNoCancellation();
    }

    @Test
    void workers_moreThanThePoolHasConnections_allGetOn() {
        contract.workers_moreThanThePoolHasConnections_allGetOn();
    }
}
