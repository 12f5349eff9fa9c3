package dev.fanoutgateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.SubmissionPublisher;
import org.junit.jupiter.api.Test;

class BodyTest {
    private static final Body DIGITS = Body.utf8("0123456789");

    @Test
    void sliceIsPartOfTheContent() throws IOException {
        Body slice = DIGITS.slice(2, 5);
        assertThat(slice.length()).isEqualTo(5);
        assertThat(slice.isBuffered()).isTrue();
        assertThat(slice.utf8()).isEqualTo("23456");
        assertThat(slice).hasToString("5 bytes");
        assertThat(written(slice)).isEqualTo("23456");
        assertThat(written(slice.slice(1, 3))).isEqualTo("345");
        assertThat(written(DIGITS)).isEqualTo("0123456789");
        assertThat(slice.slice(5, 0)).isSameAs(Body.empty());
        assertThat(DIGITS.slice(0, 10).bytes()).isSameAs(DIGITS.bytes());
    }

    @Test
    void sliceIsNotCopied() throws IOException {
        byte[] content = {1, 2, 3};
        Body slice = Body.of(content).slice(1, 2);
        content[2] = 9; // nobody may do so; here it shows that there is but one array
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        slice.writeTo(out);
        assertThat(out.toByteArray()).containsExactly(2, 9);
    }

    @Test
    void piecesAreReadAnyNumberOfTimes() throws IOException {
        ByteBuffer middle = ByteBuffer.wrap("-2345-".getBytes(StandardCharsets.UTF_8), 1, 4);
        ByteBuffer end = ByteBuffer.allocateDirect(4)
                .put("6789".getBytes(StandardCharsets.UTF_8))
                .flip();
        Body pieces = Body.of(List.of(ByteBuffer.wrap(new byte[] {'0', '1'}), middle, end.asReadOnlyBuffer()));
        for (int i = 0; i < 2; i++) {
            assertThat(pieces.isBuffered()).isTrue();
            assertThat(pieces.length()).isEqualTo(10);
            assertThat(written(pieces)).isEqualTo("0123456789");
            assertThat(pieces.utf8()).isEqualTo("0123456789");
            assertThat(pieces.slice(2, 3).utf8()).isEqualTo("234");
        }
        assertThat(pieces).hasToString("10 bytes");
        assertThat(Body.of(List.of(ByteBuffer.allocate(0)))).isSameAs(Body.empty());
    }

    @Test
    void sliceMustBeWithinTheContent() {
        assertThatThrownBy(() -> DIGITS.slice(8, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> DIGITS.slice(-1, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> DIGITS.slice(2, 3).slice(2, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> DIGITS.slice(Integer.MAX_VALUE, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void streamHasNoBytesToPartOrWrite() {
        try (SubmissionPublisher<java.nio.ByteBuffer> publisher = new SubmissionPublisher<>()) {
            Body stream = Body.stream(publisher, 3);
            assertThatIllegalStateException().isThrownBy(() -> stream.slice(0, 1));
            assertThatIllegalStateException().isThrownBy(() -> stream.writeTo(new ByteArrayOutputStream()));
        }
    }

    private static String written(Body body) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        body.writeTo(out);
        return out.toString(java.nio.charset.StandardCharsets.UTF_8);
    }
}
