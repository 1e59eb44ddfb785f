package io.walrus.node.seal;

import io.walrus.metadata.Command;
import io.walrus.metadata.Command.SealSegment;
import io.walrus.metadata.Result;
import io.walrus.node.port.MetadataPort;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Proposes seals, many at a time. Each carries the segment it expects to be the open one, so it may be proposed any
/// number of times, by any number of nodes, and takes effect once. Guarded by the node's lock.
public final class SealProposals {
    private static final Logger LOG = LoggerFactory.getLogger(SealProposals.class);
    private static final int MAX_PER_PROPOSAL = 500;

    private final MetadataPort metadata;

    public SealProposals(MetadataPort metadata) {
        this.metadata = metadata;
    }

    public void propose(List<SealSegment> seals) {
        for (int from = 0; from < seals.size(); from += MAX_PER_PROPOSAL) {
            List<SealSegment> some = seals.subList(from, Math.min(seals.size(), from + MAX_PER_PROPOSAL));
            metadata.propose(
                    some.size() == 1 ? some.getFirst() : new Command.Batch(List.copyOf(some)), new SealReply());
        }
    }

    /// What was applied arrives as a change of the metadata; here it is only told when something is wrong.
    private static final class SealReply implements MetadataPort.ProposalReply {
        @Override
        public void applied(Result result) {
            switch (result) {
                case Result.Rejected(String reason) -> LOG.error("a segment could not be sealed: {}", reason);
                case Result.BatchResult(List<Result> results) -> results.forEach(this::applied);
                case Result.Sealed _, Result.Stale _, Result.Ok _, Result.Created _, Result.Exists _ -> {}
                case Result.UnknownTopic _ -> {}
            }
        }

        @Override
        public void notProposed(String reason) {
            unknown(reason);
        }

        @Override
        public void unknown(String reason) {
            LOG.warn("sealing segments takes longer than usual, trying again: {}", reason);
        }
    }
}
