package io.walrus.testkit.cluster;

import io.walrus.node.peer.CopyLength;
import io.walrus.node.request.ClusterView;
import io.walrus.node.request.NodeFigures;
import io.walrus.node.request.Reports;
import io.walrus.node.request.SealReport;
import io.walrus.node.request.TopicState;

/// Renders just what the checks look at.
final class TextReports implements Reports {
    @Override
    public String state(TopicState topic) {
        return topic.isCurrent() ? Long.toString(topic.metadata().sealedEntries() + topic.openEntries()) : "";
    }

    @Override
    public String seal(SealReport report) {
        StringBuilder text = new StringBuilder(report.isSealed() ? "sealed" : "would be sealed");
        for (SealReport.Copy copy : report.copies()) {
            CopyLength length = copy.length();
            text.append(", node ").append(copy.nodeId()).append(": ");
            text.append(length == null ? copy.missing() : length.entries() + " entries");
        }
        return text.append(report.refusal() == null ? "" : "; refused: " + report.refusal())
                .toString();
    }

    @Override
    public String cluster(ClusterView view) {
        return view.underReplicated().toString();
    }

    @Override
    public String metrics(NodeFigures figures) {
        return figures.toString();
    }
}
