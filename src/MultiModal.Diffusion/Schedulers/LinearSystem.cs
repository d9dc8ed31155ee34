namespace MultiModal.Diffusion.Schedulers;

/// <summary>Small dense systems, by Gaussian elimination with row exchange.</summary>
static class LinearSystem
{
    /// <summary>Solves matrix * x = values in place of <paramref name="values"/>; destroys the matrix.</summary>
    public static void Solve(Span<double> matrix, Span<double> values)
    {
        var n = values.Length;
        for (var column = 0; column < n; column++)
        {
            var pivot = column;
            for (var row = column + 1; row < n; row++)
            {
                if (Math.Abs(matrix[(row * n) + column]) > Math.Abs(matrix[(pivot * n) + column]))
                    pivot = row;
            }

            for (var k = 0; k < n; k++)
                (matrix[(column * n) + k], matrix[(pivot * n) + k]) = (matrix[(pivot * n) + k], matrix[(column * n) + k]);
            (values[column], values[pivot]) = (values[pivot], values[column]);
            for (var row = column + 1; row < n; row++)
            {
                var factor = matrix[(row * n) + column] / matrix[(column * n) + column];
                for (var k = column; k < n; k++)
                    matrix[(row * n) + k] -= factor * matrix[(column * n) + k];
                values[row] -= factor * values[column];
            }
        }

        for (var row = n - 1; row >= 0; row--)
        {
            for (var k = row + 1; k < n; k++)
                values[row] -= matrix[(row * n) + k] * values[k];
            values[row] /= matrix[(row * n) + row];
        }
    }
}
