package io.walrus.consensus.raft;

import io.walrus.consensus.ProposalOutcome;
import io.walrus.consensus.ProposalOutcome.Committed;
import io.walrus.consensus.ProposalOutcome.NotProposed;
import io.walrus.consensus.ProposalOutcome.Unknown;
import io.walrus.consensus.call.Addressed;
import io.walrus.consensus.call.Attempt;
import io.walrus.consensus.call.GroupCodec;
import io.walrus.consensus.call.InternalCallException;
import io.walrus.consensus.call.InternalCallException.Kind;
import io.walrus.consensus.call.InternalMethods;
import io.walrus.consensus.call.PeerClients;
import io.walrus.metadata.MalformedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Proposals of this node, to the leader on any node. Each is tried until it has an outcome or its time is over; a try
/// with an unknown result is the last one. Thread-safe.
public final class Proposals {
    private static final long PAUSE_MS = 20;
    /// After the end of a proposal's time, by when each step of it has ended by itself.
    private static final long LAST_RESORT_MS = 100;

    private final MetadataGroup group;
    private final LocalProposals local;
    private final PeerClients clients;
    private final AppliedIndex applied;
    private final Semaphore places = new Semaphore(InternalMethods.MAX_CALLS);

    /// Ratis may block the thread that submits, for instance for as long as its log writer is behind.
    private final Executor threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("metadata-proposal-", 0).factory());

    private final Executor afterPause = CompletableFuture.delayedExecutor(PAUSE_MS, TimeUnit.MILLISECONDS, threads);

    private volatile boolean closed;

    public Proposals(MetadataGroup group, LocalProposals local, PeerClients clients, MetadataStateMachine machine) {
        this.group = group;
        this.local = local;
        this.clients = clients;
        applied = machine.appliedIndex();
    }

    /// Proposes a command. The future never fails, and completes within the timeout.
    ///
    /// @param command the bytes for the log
    public CompletableFuture<ProposalOutcome> propose(byte[] command, Duration timeout) {
        if (!places.tryAcquire()) {
            return CompletableFuture.completedFuture(new NotProposed("too many proposals are under way on this node"));
        }
        Proposal proposal = new Proposal(command, timeout);
        threads.execute(proposal::attempt);
        return proposal.outcome
                .completeOnTimeout(proposal.unanswered(), timeout.toMillis() + LAST_RESORT_MS, TimeUnit.MILLISECONDS)
                .whenComplete((_, _) -> places.release());
    }

    /// Ends the proposals that pause between two tries.
    public void close() {
        closed = true;
    }

    private final class Proposal {
        private final byte[] command;
        private final long timeoutMs;
        private final long deadlineNs;
        private final CompletableFuture<ProposalOutcome> outcome = new CompletableFuture<>();

        Proposal(byte[] command, Duration timeout) {
            this.command = command;
            timeoutMs = timeout.toMillis();
            deadlineNs = System.nanoTime() + timeout.toNanos();
        }

        private long remainingNs() {
            return Math.max(1, deadlineNs - System.nanoTime());
        }

        /// What Ratis or gRPC throw at this thread, as at an address that they refuse, is this proposal's end only.
        void attempt() {
            try {
                begin();
            } catch (RuntimeException e) {
                outcome.complete(new Unknown(Failures.line(e)));
            }
        }

        private void begin() {
            if (closed || !group.alive()) {
                outcome.complete(new NotProposed("the metadata group stopped on this node"));
                return;
            }
            if (group.leads()) {
                var _ = local.submit(command)
                        .completeOnTimeout(noAnswer(), remainingNs(), TimeUnit.NANOSECONDS)
                        .thenAccept(this::tried);
                return;
            }
            String leader = group.otherLeadersAddress();
            if (leader == null) {
                tried(new Attempt.Again("no leader of the metadata group is known"));
                return;
            }
            var _ = clients.call(
                            leader,
                            InternalMethods.PROPOSE,
                            GroupCodec.encode(new Addressed(group.idIfAny(), command)),
                            Duration.ofNanos(remainingNs()))
                    .handle(Proposals::answered)
                    .thenAccept(this::tried);
        }

        private void tried(Attempt attempt) {
            switch (attempt) {
                case Attempt.Over(Committed committed) -> awaitApplied(committed);
                case Attempt.Over(var over) -> outcome.complete(over);
                case Attempt.Again(var reason) -> {
                    if (deadlineNs - System.nanoTime() < TimeUnit.MILLISECONDS.toNanos(PAUSE_MS)) {
                        outcome.complete(new NotProposed(reason + ", tried for " + timeoutMs + " ms"));
                    } else {
                        afterPause.execute(this::attempt);
                    }
                }
            }
        }

        private void awaitApplied(Committed committed) {
            var _ = applied.reached(committed.index())
                    .thenApply(_ -> (ProposalOutcome) committed)
                    .completeOnTimeout(
                            new Unknown("committed as entry " + committed.index() + ", but not applied here within "
                                    + timeoutMs + " ms"),
                            remainingNs(),
                            TimeUnit.NANOSECONDS)
                    .thenAccept(outcome::complete);
        }

        private Attempt noAnswer() {
            return new Attempt.Over(unanswered());
        }

        ProposalOutcome unanswered() {
            return new Unknown("no answer from the metadata group within " + timeoutMs + " ms");
        }
    }

    private static Attempt answered(byte @Nullable [] answer, @Nullable Throwable failure) {
        if (answer != null) {
            try {
                return GroupCodec.decodeAttempt(answer);
            } catch (MalformedException e) {
                return new Attempt.Over(new Unknown("the metadata leader's answer: " + e.getMessage()));
            }
        }
        String reason = failure == null ? "no answer" : Failures.line(failure);
        boolean untouched = failure instanceof InternalCallException call && call.kind() != Kind.UNKNOWN;
        return untouched ? new Attempt.Again(reason) : new Attempt.Over(new Unknown(reason));
    }
}
