// IDIOM: array_variable_index
// RUN: %may_modify %s | %FileCheck
static int sums[4], last_sum, seed;
int fold(int n, const int *in)
{
	int scratch[n];
	int (*row)[n] = &scratch;
	for (int i = 0; i < n; i++)
		(*row)[i] = in[i] + seed;
	for (int i = 0; i < n; i++)
		sums[i & 3] += scratch[i];
	last_sum = sums[0];
	return last_sum;
}
// CHECK:fold:
// CHECK-NEXT:array_variable_index_vla.c:last_sum
// CHECK-NEXT:array_variable_index_vla.c:sums[]
// CHECK-NEXT:end
