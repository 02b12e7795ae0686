/* What loader.c loads at run time: code and data that run wherever they lie, and know no kernel. */
struct reading {
    int value;
    long sum;
};
struct reading cell_reading = {1, 10};
static int cell_calls;

__attribute__((noinline)) static void cell_note(int value) {
    cell_reading.sum += value;
}

int cell_work(int value);
int cell_work(int value) {
    cell_calls++;
    cell_note(value);
    cell_reading.value = value;
    return cell_calls;
}
