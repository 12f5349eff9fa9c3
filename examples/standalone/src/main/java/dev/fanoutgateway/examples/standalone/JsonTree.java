package dev.fanoutgateway.examples.standalone;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.fanoutgateway.examples.standalone.Node.Field;
import dev.fanoutgateway.examples.standalone.Node.Fields;
import dev.fanoutgateway.examples.standalone.Node.Items;
import dev.fanoutgateway.examples.standalone.Node.Scalar;
import dev.fanoutgateway.examples.standalone.Node.Type;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The tree of a JSON text. */
final class JsonTree {
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(32).build())
            .build();

    private final JsonParser parser;

    private JsonTree(JsonParser parser) {
        this.parser = parser;
    }

    static Node of(String text) throws IOException {
        try (JsonParser parser = JSON.createParser(text)) {
            JsonTree tree = new JsonTree(parser);
            parser.nextToken();
            Node root = tree.node();
            if (parser.nextToken() != null) {
                throw new JsonParseException(parser, "content after the document");
            }
            return root;
        }
    }

    private Node node() throws IOException {
        int line = line();
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            List<Field> fields = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                int nameLine = line();
                parser.nextToken();
                fields.add(new Field(name, nameLine, node()));
            }
            return new Fields(line, List.copyOf(fields));
        }
        if (token == JsonToken.START_ARRAY) {
            List<Node> items = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(node());
            }
            return new Items(line, List.copyOf(items));
        }
        return new Scalar(line, typeOf(token), parser.getText());
    }

    private int line() {
        return Math.max(1, parser.currentTokenLocation().getLineNr());
    }

    private static Type typeOf(JsonToken token) {
        return switch (token) {
            case VALUE_STRING -> Type.TEXT;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Type.NUMBER;
            case VALUE_TRUE, VALUE_FALSE -> Type.BOOLEAN;
            default -> Type.NULL;
        };
    }
}
