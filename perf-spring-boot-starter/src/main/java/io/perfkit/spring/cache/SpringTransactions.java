package io.perfkit.spring.cache;

import io.perfkit.cache.TransactionContext;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The transactions of Spring, whichever manager leads them. Each physical one has synchronizations of its own; the cache's
 * is registered with the first question, and is bound to the thread, because a look at the list of all would sort it at
 * every call.
 */
final class SpringTransactions implements TransactionContext {

    private final DefaultIsolation isolation = DefaultIsolation.create();

    @Override
    public @Nullable Transaction current() {
        if (!TransactionSynchronizationManager.isActualTransactionActive()
                || !TransactionSynchronizationManager.isSynchronizationActive()) {
            return null;
        }
        if (TransactionSynchronizationManager.getResource(this) instanceof Physical known) {
            if (!known.ended) {
                return known;
            }
            // Completed on another thread, as JTA may do, which left it bound to this one.
            TransactionSynchronizationManager.unbindResource(this);
        }
        Physical begun = new Physical();
        TransactionSynchronizationManager.registerSynchronization(begun);
        TransactionSynchronizationManager.bindResource(this, begun);
        return begun;
    }

    /** First of all that follow a transaction, so that what others do after the commit finds the cache up to date. */
    private final class Physical implements Transaction, TransactionSynchronization, Ordered {

        private final List<Listener> listeners = new CopyOnWriteArrayList<>();
        private final boolean readOnly = TransactionSynchronizationManager.isCurrentTransactionReadOnly();
        private final @Nullable Integer level = TransactionSynchronizationManager.getCurrentTransactionIsolationLevel();
        private @Nullable Boolean snapshot;
        private volatile boolean ended;

        @Override
        public int getOrder() {
            return Ordered.HIGHEST_PRECEDENCE;
        }

        @Override
        public boolean isReadOnly() {
            return readOnly;
        }

        @Override
        public boolean isSnapshot() {
            Boolean known = snapshot;
            if (known == null) {
                known = isolation.isSnapshot(level);
                snapshot = known;
            }
            return known;
        }

        @Override
        public void listener(Listener listener) {
            listeners.add(listener);
        }

        @Override
        public void suspend() {
            TransactionSynchronizationManager.unbindResourceIfPossible(SpringTransactions.this);
        }

        @Override
        public void resume() {
            TransactionSynchronizationManager.bindResource(SpringTransactions.this, this);
        }

        @Override
        public void savepointRollback(Object savepoint) {
            listeners.forEach(Listener::savepointRolledBack);
        }

        @Override
        public void afterCommit() {
            ended = true;
            listeners.forEach(each -> each.completed(Outcome.COMMITTED));
        }

        @Override
        public void afterCompletion(int status) {
            ended = true;
            TransactionSynchronizationManager.unbindResourceIfPossible(SpringTransactions.this);
            Outcome outcome = switch (status) {
                case STATUS_COMMITTED -> Outcome.COMMITTED;
                case STATUS_ROLLED_BACK -> Outcome.ROLLED_BACK;
                default -> Outcome.UNKNOWN;
            };
            listeners.forEach(each -> each.completed(outcome));
        }
    }
}
