package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.examples.standalone.Document.Malformed;
import dev.fanoutgateway.examples.standalone.Node.Field;
import dev.fanoutgateway.examples.standalone.Node.Fields;
import dev.fanoutgateway.examples.standalone.Node.Items;
import dev.fanoutgateway.examples.standalone.Node.Scalar;
import dev.fanoutgateway.examples.standalone.Node.Type;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * The tree of a YAML text. No object is made but these nodes, whatever tags the text has. Aliases are written out, up to a
 * size and a depth that no configuration has: they cannot fill the memory, nor lead in a circle.
 */
final class YamlTree {
    private static final int DEEPEST = 32;
    private static final int MOST_NODES = 200_000;

    private int nodes;

    private YamlTree() {}

    static Node of(String text) throws Malformed {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(Integer.MAX_VALUE); // the file's size is bounded before
        options.setNestingDepthLimit(DEEPEST);
        options.setTagInspector(tag -> true); // nothing is made of a tag: it is refused where it stands
        org.yaml.snakeyaml.nodes.Node root = new Yaml(options).compose(new StringReader(text));
        return root == null ? new Fields(1, List.of()) : new YamlTree().node(root, 0);
    }

    private Node node(org.yaml.snakeyaml.nodes.Node from, int depth) throws Malformed {
        int line = from.getStartMark().getLine() + 1;
        if (depth > DEEPEST || ++nodes > MOST_NODES) {
            throw new Malformed(
                    line, "at most " + DEEPEST + " levels and " + MOST_NODES + " values, aliases written out", "more");
        }
        if (from instanceof MappingNode mapping && mapping.getTag().equals(Tag.MAP)) {
            return new Fields(line, fields(mapping, depth));
        }
        if (from instanceof SequenceNode sequence && sequence.getTag().equals(Tag.SEQ)) {
            List<Node> items = new ArrayList<>();
            for (org.yaml.snakeyaml.nodes.Node item : sequence.getValue()) {
                items.add(node(item, depth + 1));
            }
            return new Items(line, List.copyOf(items));
        }
        return from instanceof ScalarNode scalar
                ? new Scalar(line, typeOf(scalar), scalar.getValue())
                : new Scalar(line, Type.TAGGED, "");
    }

    private List<Field> fields(MappingNode mapping, int depth) throws Malformed {
        List<Field> fields = new ArrayList<>();
        for (NodeTuple tuple : mapping.getValue()) {
            int line = tuple.getKeyNode().getStartMark().getLine() + 1;
            if (!(tuple.getKeyNode() instanceof ScalarNode name)) {
                throw new Malformed(line, "a name before ':'", "a list or mapping");
            }
            fields.add(new Field(name.getValue(), line, node(tuple.getValueNode(), depth + 1)));
        }
        return List.copyOf(fields);
    }

    /** By the rules of YAML 1.1, by which {@code off} is a boolean. */
    private static Type typeOf(ScalarNode scalar) {
        Tag tag = scalar.getTag();
        if (tag.equals(Tag.STR) || tag.equals(Tag.TIMESTAMP)) {
            return Type.TEXT;
        }
        if (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) {
            return Type.NUMBER;
        }
        if (tag.equals(Tag.BOOL)) {
            return Type.BOOLEAN;
        }
        return tag.equals(Tag.NULL) ? Type.NULL : Type.TAGGED;
    }
}
