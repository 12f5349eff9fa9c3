package dev.fanoutgateway.auth;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import org.yaml.snakeyaml.LoaderOptions;

/** All that touches YAML, in a class of its own: it is loaded only where it is needed, and may be missing. */
final class KeysYaml {
    private KeysYaml() {}

    static JsonParser parserFor(String text) throws IOException {
        LoaderOptions options = new LoaderOptions();
        // The file's size is bounded before; the library's own bound of 3 MB is some 20,000 keys.
        options.setCodePointLimit(Integer.MAX_VALUE);
        return YAMLFactory.builder().loaderOptions(options).build().createParser(text);
    }

    /** An alias comes as a string, its name: taken for a value it would make a key out of a reference to one. */
    static boolean isAlias(JsonParser parser) {
        return parser instanceof YAMLParser yaml && yaml.isCurrentAlias();
    }
}
