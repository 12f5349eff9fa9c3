package dev.fanoutgateway.discovery;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;

/** All that touches YAML, in a class of its own: it is loaded only where it is needed, and may be missing. */
final class BackendsYaml {
    private BackendsYaml() {}

    static JsonParser parserFor(String text) throws IOException {
        return new YAMLFactory().createParser(text);
    }

    /** An alias comes as a string, its name. */
    static boolean isAlias(JsonParser parser) {
        return parser instanceof YAMLParser yaml && yaml.isCurrentAlias();
    }
}
