package io.walrus.testkit.process;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/// What METRICS says of a node's part in the cluster.
///
/// @param metadataLeader the node that leads the metadata, 0 if it knows none
/// @param voters of the metadata
/// @param lastApplied position in the log of the metadata, -1 if there is none yet
public record MemberStatus(int metadataLeader, List<Integer> voters, long lastApplied) {
    public MemberStatus {
        voters = List.copyOf(voters);
    }

    /// Of the reply to METRICS.
    public static MemberStatus of(WireReply reply) throws IOException {
        if (reply.isError()) {
            throw new IOException(reply.text());
        }
        Map<?, ?> metrics = JsonText.object(reply.payloadText());
        List<?> configs = JsonText.list(JsonText.in(metrics, "membership_config", "membership", "configs"));
        List<?> last = configs.isEmpty() ? List.of() : JsonText.list(configs.getLast());
        return new MemberStatus(
                metrics.get("current_leader") instanceof Long leader ? leader.intValue() : 0,
                last.stream().map(voter -> ((Long) voter).intValue()).toList(),
                metrics.get("last_applied") instanceof Long position ? position : -1);
    }

    /// Whether it knows a leader, and takes these nodes for voters.
    boolean servesWith(Iterable<Integer> ids) {
        boolean serves = metadataLeader > 0;
        for (int id : ids) {
            serves &= voters.contains(id);
        }
        return serves;
    }
}
