package io.walrus.server.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.walrus.node.peer.CopyLength;
import io.walrus.node.request.SealReport;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/// Renders SEAL.
final class SealCommandReport {
    private SealCommandReport() {}

    static String of(JsonFactory json, SealReport report) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = json.createGenerator(text)) {
            write(out, report);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void write(JsonGenerator out, SealReport report) throws IOException {
        CopyLength longest = report.longest();
        out.writeStartObject();
        out.writeStringField("topic", report.topic());
        out.writeNumberField("segment", report.segment());
        out.writeBooleanField("sealed", report.isSealed());
        out.writeNumberField("entries", longest == null ? 0 : longest.entries());
        out.writeArrayFieldStart("copies");
        for (SealReport.Copy copy : report.copies()) {
            copy(out, copy);
        }
        out.writeEndArray();
        out.writeArrayFieldStart("given_up");
        for (Long node : report.givenUp()) {
            out.writeNumber(node);
        }
        out.writeEndArray();
        out.writeStringField("refusal", report.refusal());
        out.writeEndObject();
    }

    private static void copy(JsonGenerator out, SealReport.Copy copy) throws IOException {
        CopyLength length = copy.length();
        out.writeStartObject();
        out.writeNumberField("node", copy.nodeId());
        if (length == null) {
            out.writeStringField("missing", copy.missing());
        } else {
            out.writeNumberField("entries", length.entries());
            out.writeNumberField("records", length.records());
            out.writeBooleanField("in_doubt", !length.vouched());
        }
        out.writeEndObject();
    }
}
