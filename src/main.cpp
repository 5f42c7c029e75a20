// Wiring only.
int main() { return 0; }
