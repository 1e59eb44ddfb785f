package io.walrus.consensus.raft;

import io.walrus.consensus.RaftStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.rpc.CallId;

/// Hands the lead over to another voter.
public final class Leadership {
    private static final long OTHERS_PATIENCE_NS = TimeUnit.MILLISECONDS.toNanos(300);

    private final MetadataGroup group;

    public Leadership(MetadataGroup group) {
        this.group = group;
    }

    /// Blocks until another node leads, or that failed.
    ///
    /// @return whether this node no longer leads
    public boolean transfer(Duration timeout) {
        RaftStatus status = Statuses.of(group);
        if (status.role() != RaftStatus.Role.LEADER) {
            return true;
        }
        Optional<Long> successor = status.voters().stream()
                .filter(voter -> voter != status.nodeId())
                .max(Comparator.comparing(voter -> status.replication().getOrDefault(voter, -1L)));
        if (successor.isEmpty()) {
            return false;
        }
        tellOthers();
        TransferLeadershipRequest request = new TransferLeadershipRequest(
                ClientId.randomId(),
                group.division().getId(),
                group.id(),
                CallId.getAndIncrement(),
                NodeIds.toPeer(successor.get()),
                timeout.toMillis());
        try {
            return group.server()
                    .transferLeadershipAsync(request)
                    .get(timeout.toNanos(), TimeUnit.NANOSECONDS)
                    .isSuccess();
        } catch (IOException | IllegalStateException | ExecutionException | TimeoutException e) {
            return !group.division().getInfo().isLeader();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Waits a little until the followers know the commits so far. During the transfer they are told nothing: a node
    /// that leads a topic by the last command would learn of it only from the next metadata leader.
    private void tellOthers() {
        long decided = group.division().getInfo().getLastAppliedIndex();
        long deadlineNs = System.nanoTime() + OTHERS_PATIENCE_NS;
        try {
            while (System.nanoTime() < deadlineNs
                    && group.division().getCommitInfos().stream().anyMatch(info -> info.getCommitIndex() < decided)) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
