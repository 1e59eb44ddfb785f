package io.walrus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.server.config.CommandLineArguments;
import io.walrus.server.config.CommandLineArguments.Outcome;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTableTest {
    private static final String BEGIN = "<!-- settings -->\n";
    private static final String END = "<!-- /settings -->";

    /// A setting is written once, in the code; the README's table is made from there.
    @Test
    void theReadmeHasTheTableThatTheNodePrints() {
        String readme = Project.text(Project.ROOT.resolve("README.md"));
        String table = readme.substring(readme.indexOf(BEGIN) + BEGIN.length(), readme.indexOf(END));
        Outcome printed = CommandLineArguments.parse(new String[] {"--help", "--markdown"}, Map.of());
        assertThat(printed).isInstanceOf(Outcome.Help.class);
        assertThat(table.strip())
                .as("README.md between %s and %s: bin/walrus-node --help --markdown prints it", BEGIN.strip(), END)
                .isEqualTo(((Outcome.Help) printed).text().strip());
    }
}
