package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ContentRoomTest {
    @Test
    void thereIsAsMuchAsThereIs() {
        ContentRoom room = new ContentRoom(100);
        assertThat(room.tryTake(60)).isTrue();
        assertThat(room.tryTake(41)).isFalse();
        assertThat(room.tryTake(40)).isTrue();
        assertThat(room.tryTake(1)).isFalse();
        room.giveBack(60);
        assertThat(room.taken()).isEqualTo(40);
        assertThat(room.tryTake(60)).isTrue();
    }
}
