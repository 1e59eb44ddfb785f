package io.walrus.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/// `docs/dependencies.md` names what the build takes from others: all of it, nothing else, in the version in use.
class DependenciesTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\| ([^ |]+) \\|");
    private static final Pattern PROPERTY = Pattern.compile("\\$\\{([^}]+)}");

    @Test
    void theListIsCompleteAndCurrent() throws Exception {
        Map<String, String> used = new TreeMap<>();
        Set<String> names = new TreeSet<>();
        Map<String, String> properties = new TreeMap<>();
        for (Path pom : Project.filesEndingIn("pom.xml")) {
            Document document = parse(pom.toFile());
            properties.putAll(properties(document));
            for (String kind : new String[] {"dependency", "plugin", "path"}) {
                collect(document.getElementsByTagName(kind), names, used);
            }
        }
        used.replaceAll((_, version) ->
                PROPERTY.matcher(version).replaceAll(property -> properties.getOrDefault(property.group(1), "?")));
        assertThat(used.keySet()).as("dependencies with a version").containsExactlyElementsOf(names);

        Map<String, String> listed = new TreeMap<>();
        ROW.matcher(Project.text(Project.ROOT.resolve("docs/dependencies.md")))
                .results()
                .forEach(row -> listed.put(row.group(1), row.group(2)));
        assertThat(listed).isEqualTo(used);
    }

    private static void collect(NodeList entries, Set<String> names, Map<String, String> versions) {
        for (int index = 0; index < entries.getLength(); index++) {
            Element entry = (Element) entries.item(index);
            String group = child(entry, "groupId");
            if (group.equals("io.walrus")) {
                continue;
            }
            String name = child(entry, "artifactId");
            names.add(name);
            String version = child(entry, "version");
            if (!version.isEmpty()) {
                versions.put(name, version);
            }
        }
    }

    private static Map<String, String> properties(Document pom) {
        Map<String, String> properties = new TreeMap<>();
        NodeList blocks = pom.getElementsByTagName("properties");
        for (int block = 0; block < blocks.getLength(); block++) {
            NodeList children = blocks.item(block).getChildNodes();
            for (int index = 0; index < children.getLength(); index++) {
                Node child = children.item(index);
                properties.put(child.getNodeName(), child.getTextContent().strip());
            }
        }
        return properties;
    }

    private static String child(Element parent, String name) {
        NodeList children = parent.getChildNodes();
        for (int index = 0; index < children.getLength(); index++) {
            if (children.item(index).getNodeName().equals(name)) {
                return children.item(index).getTextContent().strip();
            }
        }
        return "";
    }

    private static Document parse(File pom) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom);
    }
}
